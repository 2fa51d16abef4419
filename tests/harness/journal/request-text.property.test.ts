import canonicalize from "canonicalize";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalText, sha256 } from "../../../harness/hash.ts";
import { requestTexts, wholeText } from "../../../harness/journal/request-text.ts";

const message = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 });
const request = fc.record({
  fields: fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 }),
  messages: fc.array(message, { maxLength: 6 }),
  tools: fc.option(fc.array(message, { maxLength: 3 })),
  long: fc.option(fc.string({ minLength: 150, maxLength: 400 })),
});

test("the key of a request is the hash of its canonical JSON, and its pieces together are that JSON", () => {
  fc.assert(
    fc.property(request, fc.nat(3), ({ fields, messages, tools, long }, draw) => {
      const whole = { ...fields, messages, tools: tools ?? undefined, response: { long } };
      const { key, pieces } = requestTexts().textOf(whole, draw);
      expect(key).toBe(sha256(canonicalize({ request: whole, draw }) ?? ""));
      expect(sha256(wholeText(pieces))).toBe(key);
    }),
  );
});

test("the key is the same whatever was hashed before: chats that grow, branch, change their head, or go back", () => {
  const step = fc.record({ take: fc.nat(8), seed: fc.nat(2), branch: fc.boolean(), draw: fc.nat(1) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 12 }), (steps) => {
      const texts = requestTexts();
      const messages = Array.from({ length: 9 }, (_, at) => ({ role: "user", content: `message ${at}` }));
      const others = messages.map(({ content }) => ({ role: "user", content: `other ${content}` }));
      for (const { take, seed, branch, draw } of steps) {
        const chat = branch ? [...messages.slice(0, take), ...others.slice(take)] : messages.slice(0, take);
        const asked = { model: "m", seed, messages: chat, tools: others };
        expect(texts.textOf(asked, draw).key).toBe(sha256(canonicalize({ request: asked, draw }) ?? ""));
      }
    }),
  );
});

test("messages that are no list of objects, and values that are left out, are read as JSON reads them", () => {
  for (const asked of [
    {},
    { messages: "none" },
    { messages: [1, null] },
    { a: undefined, messages: [] },
    { z: null },
  ]) {
    expect(requestTexts().textOf(asked, 0).key).toBe(sha256(canonicalize({ request: asked, draw: 0 }) ?? ""));
  }
});

test("canonical JSON is written as the package writes it, also of functions, lost halves of characters, and odd keys", () => {
  fc.assert(
    fc.property(fc.anything({ withDate: true }), (value) => {
      const wanted = attempt(() => canonicalize(value) ?? "null");
      expect(attempt(() => canonicalText(value))).toEqual(wanted);
    }),
  );
  expect(attempt(() => canonicalText({ a: "\ud800" }))).toEqual(attempt(() => canonicalize({ a: "\ud800" })));
  expect(canonicalText({ 10: 1, 9: 2, a: undefined, b: () => 1 })).toBe(
    canonicalize({ 10: 1, 9: 2, a: undefined, b: () => 1 }),
  );
});

function attempt(write: () => unknown): unknown {
  try {
    return write();
  } catch (error) {
    return String(error);
  }
}
