/**
 * How many characters a text counts more than it has: about what its place in the memory and its hashes take. Without it, short texts, such as those of
 * operations that come once, would be ten times as many as the memory is meant for.
 */
export const ENTRY_CHARACTERS = 400

/**
 * Creates a function that remembers what it made of a text. Only for what depends on the text and on nothing else. It keeps two generations: when the
 * young one is full, it becomes the old one, and what nobody asked for since is forgotten.
 * @param maxCharacters how long the texts of a generation may be together, each with {@link ENTRY_CHARACTERS} more. A longer text is not remembered.
 */
export function createTextMemory<Value extends object | string>(
  make: (text: string) => Value,
  maxCharacters: number,
): (text: string) => Value {
  let young = new Map<string, Value>()
  let old = new Map<string, Value>()
  let characters = 0
  return (text) => {
    const known = young.get(text)
    if (known !== undefined) return known
    const value = old.get(text) ?? make(text)
    const counted = text.length + ENTRY_CHARACTERS
    if (counted > maxCharacters) return value
    characters += counted
    if (characters > maxCharacters) {
      old = young
      young = new Map()
      characters = counted
    }
    young.set(text, value)
    return value
  }
}
