import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'

/**
 * Makes a function that finds the line of a setting in the text of a YAML file.
 * @param text a YAML document that parses.
 * @returns by the path of a setting, such as `['withhold', 0]`: the line of its key or item, from 1. If a part of the path is not in the text, because
 * an alias or a merge key brings it, the line of the last part that is.
 */
export function findYamlLines(text: string): (path: readonly (string | number)[]) => number {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  return (path) => {
    let node: unknown = document.contents
    let offset = 0
    for (const part of path) {
      const found = findPart(node, part)
      if (found === null) break
      offset = found.place.range?.[0] ?? offset
      node = found.value
    }
    return lines.linePos(offset).line || 1
  }
}

/** The node that stands for one part of a path, with the value behind it. */
interface FoundPart {
  readonly place: Node
  readonly value: unknown
}

function findPart(node: unknown, part: string | number): FoundPart | null {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
    return pair === undefined ? null : { place: pair.key as Node, value: pair.value }
  }
  if (!isSeq(node)) return null
  const item = node.items[Number(part)] as Node | undefined
  return item === undefined ? null : { place: item, value: item }
}
