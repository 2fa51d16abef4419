import { expect, test } from "vitest";
import { seededRandom } from "../../../harness/random.ts";
import { noiseFloor } from "../../../harness/statistics/noise.ts";

const random = () => seededRandom(1);

test("two seeds of four tasks are one split: differences 1, 0, 0 and -1 cancel, worked by hand", () => {
  const rows = [
    [1, 0],
    [1, 1],
    [0, 0],
    [0, 1],
  ];

  expect(noiseFloor(rows, null, random())).toEqual({
    splits: 1,
    seeds: 1,
    rootMeanSquare: 0,
    largest: 0,
    significant: 0,
  });
});

test("three seeds are three splits of one against one, four are three of two against two", () => {
  expect(
    noiseFloor(
      [
        [1, 0, 0],
        [1, 1, 1],
      ],
      null,
      random(),
    ),
  ).toEqual({
    splits: 3,
    seeds: 1,
    rootMeanSquare: expect.closeTo(Math.sqrt((0.25 + 0.25) / 3), 12),
    largest: 0.5,
    significant: 0,
  });
  expect(noiseFloor([[1, 0, 0, 1]], null, random())).toMatchObject({ splits: 3, seeds: 2 });
});

test("with many seeds 50 splits are drawn, the same for the same seed", () => {
  const rows = Array.from({ length: 30 }, (_, task) => Array.from({ length: 10 }, (__, seed) => (task * seed) % 2));

  expect(noiseFloor(rows, null, random())).toMatchObject({ splits: 50, seeds: 5 });
  expect(noiseFloor(rows, null, random())).toEqual(noiseFloor(rows, null, random()));
});

test("one seed has nothing to be set against, nor have tasks that lack a side; an unscored trial leaves its task out", () => {
  expect(noiseFloor([[1], [0]], null, random())).toBeNull();
  expect(noiseFloor([], null, random())).toBeNull();
  expect(
    noiseFloor(
      [
        [1, null],
        [null, 0],
      ],
      null,
      random(),
    ),
  ).toBeNull();
  expect(
    noiseFloor(
      [
        [1, null],
        [1, 0],
      ],
      null,
      random(),
    ),
  ).toMatchObject({ splits: 1, largest: 1 });
});

test("seeds that bring other results as a whole are seen: the second passes all that the first fails", () => {
  const rows = Array.from({ length: 12 }, () => [0, 1]);

  expect(noiseFloor(rows, null, random())).toEqual({
    splits: 1,
    seeds: 1,
    rootMeanSquare: 1,
    largest: 1,
    significant: 1,
  });
});

test("seeds that bring other results on every task of four tables are one chance in eight by tables, and a false alarm by tasks", () => {
  const rows = Array.from({ length: 12 }, () => [0, 1]);
  const tables = rows.map((_, index) => `table ${index % 4}`);

  expect(noiseFloor(rows, tables, random())).toMatchObject({ largest: 1, significant: 0 });
  expect(noiseFloor([...rows, [1, null]], [...tables, "table 4"], random())).toMatchObject({ significant: 0 });
});
