/**
 * Takes the first items of a queue that have room together: at least one, so that an item that is too large goes by itself.
 * @param bytesOf returns the size of an item.
 * @param room how many bytes there are.
 */
export function takeFitting<Item>(queue: Item[], bytesOf: (item: Item) => number, room: number): readonly Item[] {
  let bytes = 0
  const end = queue.findIndex((item) => {
    bytes += bytesOf(item)
    return bytes > room
  })
  return queue.splice(0, end < 0 ? queue.length : Math.max(end, 1))
}
