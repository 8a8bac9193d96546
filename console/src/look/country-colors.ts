/** How the mark of a country is drawn: one of three colors (styles/tokens.css), and filled, outlined or tinted. Without color, its two letters remain. */
export interface CountryLook {
  readonly hue: 0 | 1 | 2 | 3
  readonly fill: 'solid' | 'line' | 'tint'
}

/** The countries of the region, three to a color, each drawn in another way. */
const COUNTRIES = ['GT', 'HN', 'SV', 'CR', 'PA', 'NI', 'BZ', 'DO', 'MX']
const HUES = [1, 2, 3] as const
const FILLS = ['solid', 'line', 'tint'] as const

/** The colors of charts, networks and maps in the order of the countries: those of the marks, where an outline is a lightness between. Light, then dark. */
const COLORS = {
  light: [
    ...['#0b5573', '#5b9fba', '#b9d3de'],
    ...['#5b3a8c', '#9279bd', '#d6cbe8'],
    ...['#7a4a00', '#b98a3a', '#ecd9b0'],
  ],
  dark: [
    ...['#84c6df', '#4a8aa5', '#2c5567'],
    ...['#c3aeea', '#8369b5', '#4a3a6b'],
    ...['#efc078', '#a67a2e', '#5c4518'],
  ],
}
const OTHER = '#7a7f84'

/** Returns how the mark of a country is drawn. A country that nobody foresaw is grey. */
export function lookOfCountry(code: string): CountryLook {
  const at = COUNTRIES.indexOf(code)
  return { hue: HUES[Math.floor(at / FILLS.length)] ?? 0, fill: FILLS[at % FILLS.length] ?? 'line' }
}

/**
 * Returns the color of a country in a chart, a network or a map.
 * @param isDark whether it stands on a dark ground. Default: as the browser prefers; files are light.
 */
export function countryColor(code: string, isDark = matchMedia('(prefers-color-scheme: dark)').matches): string {
  return COLORS[isDark ? 'dark' : 'light'][COUNTRIES.indexOf(code)] ?? OTHER
}
