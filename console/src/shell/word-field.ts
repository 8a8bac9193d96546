import type { TFunction } from 'i18next'

/** Names a field as the page does, with its coordinate. A field that has no words keeps its coordinate. */
export function wordField(t: TFunction, coordinate: string): string {
  const words = t(`fieldOf.${coordinate}`, { defaultValue: '' })
  return words === '' ? coordinate : `${words} (${coordinate})`
}
