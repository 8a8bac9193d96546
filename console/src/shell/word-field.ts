import type { TFunction } from 'i18next'

/** Names a field as the page does, with its coordinate. A field that has no words keeps its coordinate. */
export function wordField(t: TFunction, coordinate: string): string {
  const words = wordFieldShort(t, coordinate)
  return words === coordinate ? coordinate : `${words} (${coordinate})`
}

/** Names a field as the page does, and by its coordinate only if it has no words. */
export function wordFieldShort(t: TFunction, coordinate: string): string {
  return t(`fieldOf.${coordinate}`, { defaultValue: coordinate })
}
