import { expect, test } from "vitest";
import { parseXml, XmlError } from "../../../benchmarks/scoring/xml.ts";

function events(xml: string | Uint8Array): string[] {
  const seen: string[] = [];
  parseXml(typeof xml === "string" ? Buffer.from(xml) : xml, {
    open: (name, space, attributes) => seen.push(`<${space}|${name} a=${attributes.get("a")}>`),
    text: (text) => seen.push(text),
    close: (name) => seen.push(`</${name}>`),
  });
  return seen;
}

test("entities, CDATA and line ends become the characters they stand for", () => {
  expect(events('<r a="&lt;&#65;&quot;">x &amp; &#x1F600;<![CDATA[<raw> &amp;]]>\r\nend</r>')).toEqual([
    '<|r a=<A">',
    "x & 😀",
    "<raw> &amp;",
    "\nend",
    "</r>",
  ]);
});

test("line ends of any kind are one in texts and a space in attributes, unless they are written as references", () => {
  expect(events('<r\r\na="1\r\n2\r3&#13;">a\r\n\rb&#13;<![CDATA[\r\n]]></r\r>')).toEqual([
    "<|r a=1 2 3\r>",
    "a\n\nb\r",
    "\n",
    "</r>",
  ]);
});

test("namespaces follow their prefixes, and declarations end with their element", () => {
  expect(events('<p:r xmlns:p="one"><p:a xmlns:p="two"/><p:b/><c xmlns="three"/></p:r>')).toEqual([
    "<one|r a=null>",
    "<two|a a=null>",
    "</a>",
    "<one|b a=null>",
    "</b>",
    "<three|c a=null>",
    "</c>",
    "</r>",
  ]);
});

test("an attribute is known by its whole name, or by its local name when asked so", () => {
  let found: unknown;
  parseXml(Buffer.from('<r xmlns:x="u" x:id="7"/>'), {
    open: (_name, _space, attributes) => {
      found = [attributes.get("id"), attributes.getLocal("id")];
    },
  });

  expect(found).toEqual([null, "7"]);
});

test("UTF-16 with a byte order mark and Latin-1 by declaration are decoded", () => {
  expect(events(Buffer.from("\ufeff<r>é</r>", "utf16le"))[1]).toBe("é");
  expect(events(Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><r>é</r>', "latin1"))[1]).toBe("é");
});

test.each([
  "",
  "<r>",
  "<r></s>",
  "<r/><r/>",
  "text<r/>",
  "<r a=1/>",
  '<r a="<"/>',
  "<r>&unknown;</r>",
  "<r>a & b</r>",
  "<r>&toString;</r>",
  "<r>&#0;</r>",
  "<r>\u0001</r>",
  "<p:r/>",
  "<r><!-- no end</r>",
  "<r><!-- two -- dashes --></r>",
  "<r>]]></r>",
  '<r a="1" a="2"/>',
  '<r p:a="1"/>',
  '<r a="&unknown;"/>',
  "<1r/>",
  '<r a="1"b="2"/>',
  " <?xml version='1.0'?><r/>",
  '<!DOCTYPE r [<!ENTITY a "aaaa">]><r>&a;</r>',
])("%j is refused", (xml) => {
  expect(() => events(xml)).toThrow(XmlError);
});

test("bytes that are no UTF-8 are refused", () => {
  expect(() => events(Uint8Array.of(0x3c, 0x72, 0x3e, 0xff, 0x3c, 0x2f, 0x72, 0x3e))).toThrow(XmlError);
});

test("within an element that is passed nothing is told, and all is checked", () => {
  const seen: string[] = [];
  const passing = (xml: string) => {
    seen.length = 0;
    parseXml(Buffer.from(xml), {
      open: (name) => seen.push(name),
      text: (text) => seen.push(text),
      close: (name) => seen.push(`/${name}`),
      get passes() {
        return seen.at(-1) === "skip";
      },
    });
  };

  passing('<r>a<skip>b<x y="1">c</x><x y="1">d</x><x y="1"/></skip><y/>e</r>');

  expect(seen).toEqual(["r", "a", "skip", "/skip", "y", "/y", "e", "/r"]);
  expect(() => passing("<r><skip><x></skip></r>")).toThrow(XmlError);
  expect(() => passing("<r><skip>&unknown;</skip></r>")).toThrow(XmlError);
  expect(() => passing("<r><skip><x/><x/><x a=1/></skip></r>")).toThrow(XmlError);
});
