/** All kinds of work a question can be; closed. Their order is the order of the trained tables. */
export const queryCategories = [
  "chat",
  "question",
  "writing",
  "translation",
  "code",
  "maths",
  "analysis",
  "image",
] as const;
export type QueryCategory = (typeof queryCategories)[number];
