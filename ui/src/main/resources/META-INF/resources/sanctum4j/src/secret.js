// @ts-check
// What is no text to search for: somebody may have found a token, and typed or pasted it.

/** Ours, with its checksum; Laravel's, with its number; and whatever is long and has no blank. The first that fits is meant. */
const SHAPES = [/[a-z][a-z0-9]{1,7}_[A-Za-z0-9]{46}(?![A-Za-z0-9])/, /(?<!\d)\d+\|[^\s"',;]+/, /\S{20,}/]

/** Whether a text holds what is a token by its form. @param {string} text */
export function isToken(text) {
  return SHAPES.slice(0, 2).some((shape) => shape.test(text))
}

/** What in a text may be a token; nothing if it can be searched for. @param {string} text */
export function secretIn(text) {
  return SHAPES.map((shape) => text.match(shape)?.[0]).find(Boolean)
}
