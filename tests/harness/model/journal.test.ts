import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { SetupError } from "../../../harness/errors.ts";
import { journalKey, openJournal } from "../../../harness/model/journal.ts";
import { temporaryFolder } from "../../support/temporary.ts";

test("an answer that was stored is found by another process's journal; an intent alone is not an answer", async () => {
  const path = join(await temporaryFolder(), "deep", "journal.sqlite");
  using writer = openJournal(path);
  using reader = openJournal(path);
  writer.intend("a", "agent", { q: 1 });
  expect(reader.find("a")).toBeNull();
  expect(reader.unanswered()).toBe(1);
  writer.store("a", { choices: ["é"] });
  expect(reader.find("a")).toEqual({ choices: ["é"] });
  expect(reader.unanswered()).toBe(0);
});

test("the first answer stays: a call that two processes made at once gives both the same", async () => {
  using journal = openJournal(join(await temporaryFolder(), "journal.sqlite"));
  journal.intend("a", "agent", {});
  journal.intend("a", "agent", {});
  journal.store("a", 1);
  journal.store("a", 2);
  expect(journal.find("a")).toBe(1);
});

test("the order of a request's fields does not matter, their values do", () => {
  expect(journalKey({ a: 1, b: 2 }, 0)).toBe(journalKey({ b: 2, a: 1 }, 0));
  expect(journalKey({ a: 1 }, 0)).not.toBe(journalKey({ a: 1 }, 1));
});

test("a file that is no journal is refused with what to do, and left as it was", async () => {
  const path = join(await temporaryFolder(), "journal.sqlite");
  await writeFile(path, "this is no database, but it is long enough to look at".repeat(20));
  expect(() => openJournal(path)).toThrow(SetupError);
  expect(() => openJournal(path)).toThrow(/no journal, or is damaged/);
});

test("invariant 10: what a unit of work was first shown is shown again, to that unit only", async () => {
  const path = join(await temporaryFolder(), "journal.sqlite");
  {
    using journal = openJournal(path);
    expect(journal.seen("unit-1").first("1 date", "18:03")).toBe("18:03");
  }
  using journal = openJournal(path);
  expect(journal.seen("unit-1").first("1 date", "18:04")).toBe("18:03");
  expect(journal.seen("unit-1").first("2 date", "18:05")).toBe("18:05");
  expect(journal.seen("unit-2").first("1 date", "18:06")).toBe("18:06");
});

test("another program's database is refused", async () => {
  const path = join(await temporaryFolder(), "journal.sqlite");
  const other = new DatabaseSync(path);
  other.exec("CREATE TABLE calls (a, b)");
  other.close();
  expect(() => openJournal(path)).toThrow(/no journal, or is damaged/);
});
