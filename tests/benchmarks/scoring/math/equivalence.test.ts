/** What rule `math` takes for equal, form by form; the recorded verdicts are held against it in `parity/math.test.ts`. */
import { expect, test } from "vitest";
import { judgeMath } from "../../../../benchmarks/scoring/math/equivalence.ts";

const tex = String.raw;
const isRight = (wanted: string, answer: string) => judgeMath(wanted, `So it is $\\boxed{${answer}}$.`).right;

test.each([
  // numbers
  [tex`\frac{1}{3}`, "0.333333"],
  [tex`\frac{1}{2}`, "0.5"],
  ["1500", tex`1.5\times10^3`],
  ["1500", "1.5E3"],
  ["1000000", "1,000,000"],
  ["-4", tex`\frac{-8}{2}`],
  [tex`\frac{7}{2}`, tex`3\frac{1}{2}`],
  [tex`50\%`, "0.5"],
  ["12", tex`12\text{ cm}^2`],
  ["90", tex`90^\circ`],
  ["81", tex`\$81`],
  // roots, powers and functions
  [tex`\sqrt{5+2\sqrt{6}}`, tex`\sqrt2+\sqrt3`],
  [tex`\frac{\sqrt3}{3}`, tex`\frac1{\sqrt3}`],
  ["2", tex`\sqrt[3]{8}`],
  ["3", tex`\log_2 8`],
  ["-1", tex`e^{i\pi}`],
  [tex`\frac{1-i}{2}`, tex`\frac{1}{1+i}`],
  ["10", tex`\binom{5}{2}`],
  ["120", "5!"],
  [tex`\frac{n(n-1)}{2}`, tex`\binom{n}{2}`],
  [tex`\tan^2(y)+1`, tex`\sec^2(y)`],
  ["x^2+2x+1", "(x+1)^2"],
  // names
  ["25", "x = 25"],
  ["25", "m+n=25"],
  [tex`\frac{1}{3}`, tex`x = 5+5+1 = 1/3 \approx 11`],
  [tex`x = 3`, "3"],
  [tex`\text{odd}`, "odd"],
  [tex`\text{no solution}`, "No Solution"],
  // relations
  ["x < 3", "3 > x"],
  ["x < 3", "2x < 6"],
  [tex`x \le 1`, tex`-x \ge -1`],
  ["y = 2x+1", "2x - y + 1 = 0"],
  // sets, tuples, intervals
  ["1, 2", tex`\{2, 1\}`],
  [tex`1 \pm \sqrt{19}`, tex`1-\sqrt{19}, 1+\sqrt{19}`],
  ["(1,2),(2,1)", "(2,1),(1,2)"],
  ["(1,2)", "1,2"],
  ["6 and 8", tex`6 \text{ and } 8`],
  ["AB=4,CD=5", "4, 5"],
  [tex`x<3`, tex`(-\infty,3)`],
  [tex`-2 \le x \le 7`, tex`x \in [-2,7]`],
  [tex`1\leq|z|\leq\frac{3}{2}`, tex`z \in [-\frac32,-1]\cup[1,\frac32]`],
  ["x^2 > 4", tex`(-\infty,-2)\cup(2,\infty)`],
  [tex`\mathbb{R}\setminus\{0\}`, tex`(-\infty,0)\cup(0,\infty)`],
  // matrices
  [tex`\begin{pmatrix}2\\4\end{pmatrix}`, tex`2\begin{bmatrix}1\\2\end{bmatrix}`],
])("%s is %s", (wanted, answer) => {
  expect(isRight(wanted, answer)).toBe(true);
});

test.each([
  [tex`\frac13`, "0.333"],
  [tex`\sqrt{2}`, "1.414214"],
  [tex`18+2\pi`, "24.28318531"],
  ["73", tex`73\%`],
  ["42", "42."],
  ["3", "300"],
  [tex`10^{100}`, tex`10^{100}+1`],
  [tex`\sqrt2`, tex`\sqrt2+10^{-20}`],
  ["0", tex`10^{-30}`],
  ["x^2+2x+1", "(x+1)^2+10^{-7}x"],
  [tex`a^2 + b = 0`, "0"],
  ["x = 3", "y = 3"],
  ["(1,2)", "(2,1)"],
  ["(3,1)", tex`\{1,3\}`],
  ["[0,1)", "(0,1)"],
  [tex`x \le 5`, "x < 5"],
  [tex`[-2,7]`, tex`-2 \le x \le 7`],
  ["1, 2", "1, 2, 3"],
  ["1, 1, 2", "1, 2, 2, 3"],
  [tex`\text{odd}`, "even"],
  [tex`\begin{pmatrix}1&2\\3&4\end{pmatrix}`, tex`\begin{pmatrix}1&2\\3&5\end{pmatrix}`],
  ["42", tex`\text{\frac{84}{2}}`],
])("%s is not %s", (wanted, answer) => {
  expect(isRight(wanted, answer)).toBe(false);
});

test.each([
  [
    "First \\boxed{41}. But a long check of every case that there is, from the first to the last one, gives \\boxed{42}.",
    "42",
  ],
  ["First guess \\boxed{42}. Checked, again \\boxed{42}.", "42"],
  ["Answer: 41\nNo.\nAnswer: 42", "42"],
  ["The final answer is $42$. I hope it is correct. Of 7 cases", "42"],
  ["**Answer:** 42 dollars", "42"],
  ["We count 12 cases in 3 rows and find 42", "42"],
  ["Put it in \\boxed{}. The answer is 42.", "42"],
  ["the pair $1$ and $2$", "1, 2"],
  ["\\[\n\\boxed{\\frac{84}{2}}\n\\]", "42"],
  ["so it increases by 42%.", "42\\%"],
])("the answer is found in %j", (response, wanted) => {
  expect(judgeMath(wanted, response).right).toBe(true);
});

test.each([
  ["\\boxed{42", "nothing-found"],
  ["所以答案是42", "nothing-found"],
  ["I cannot tell.", "nothing-found"],
  ["\\boxed{\\int_0^1 x dx}", "not-in-grammar"],
  ["\\boxed{\\sum_{k = 42}^{50} k}", "not-in-grammar"],
  ["\\boxed{41} or \\boxed{42}", "different"],
  ["\\boxed{42} and \\boxed{41}", "different"],
])("%j gives no right answer: %s", (response, ground) => {
  expect(judgeMath("42", response)).toMatchObject({ right: false, ground });
});

test("answers that cannot be read are right when their texts are the same", () => {
  expect(judgeMath(tex`\int_0^1 x dx`, tex`\boxed{\int_0^1 x dx}`)).toMatchObject({ right: true, ground: "same-text" });
});
