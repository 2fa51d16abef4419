/** Lessons as models write them. */
import { z } from "zod";

/** The paper's cap. */
export const MAX_LESSONS = 3;

const text = z.string().trim().min(1);
export const DraftLessons = z
  .array(z.object({ title: text, rule: text, reason: z.string().trim() }))
  .min(1)
  .max(MAX_LESSONS);
