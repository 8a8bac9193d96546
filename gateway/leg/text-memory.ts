/**
 * Creates a function that remembers what it made of a text. Only for what depends on the text and on nothing else. It keeps two generations: when the
 * young one is full, it becomes the old one, and what nobody asked for since is forgotten.
 * @param maxCharacters how long the texts of a generation may be together. A longer text is not remembered.
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
    if (text.length > maxCharacters) return value
    characters += text.length
    if (characters > maxCharacters) {
      old = young
      young = new Map()
      characters = text.length
    }
    young.set(text, value)
    return value
  }
}
