/** The level of every test: where there is no effect, one is called significant in at most 5 of 100 experiments. */
export const ALPHA = 0.05;
