import { ABBREVIATIONS, GIVEN_NAMES, SHORT_FORMS, SURNAMES } from '../../subgraphs/persons/name-lexicon.ts'

/**
 * The table of names (search.ts) again, in memory and as plainly as possible: each recorded name is compared with the searched one, word by
 * word, without keys, sounds in a database or any list of recorded words. It shares the lists of names with the search, and no code.
 */

/** A recorded name. If `givenNames` and `surnames` are null, only the complete name is known. */
export interface WorldName {
  readonly full: string
  readonly givenNames: readonly string[] | null
  readonly surnames: readonly string[] | null
}

/** What a recorded name says of a searched one, and its score. */
export interface NameAnswer {
  readonly verdict: 'agrees' | 'alike' | 'near' | 'thin'
  readonly score: number
}

type Side = 'given' | 'surname'
interface Word {
  readonly text: string
  readonly married?: boolean
  readonly nickname?: boolean
  readonly particle?: boolean
  readonly side?: Side
  readonly respelled?: boolean
  /** Of two words that were joined: what the first is, if the lists do not know both as one. */
  readonly first?: Kind
}
type Kind = 'given' | 'surname' | 'both' | null
interface Part {
  readonly text: string
  readonly role: 'given' | 'surname' | 'married' | 'nickname' | 'either'
}

/** Compares a recorded name with a searched one; null if they are names of two persons. */
export function answerName(recorded: WorldName, searched: string): NameAnswer | null {
  const parts = partsOf(recorded)
  const readings =
    parts.some(({ role }) => role === 'either') && parts.filter(({ role }) => role !== 'nickname').length > 1
      ? (['given', 'surname'] as const).map((role) =>
          parts.map((part) => (part.role === 'either' ? { ...part, role } : part)),
        )
      : [parts]
  const answers = wordingsOf(searched).flatMap((words) => readings.map((reading) => compare(reading, words)))
  const order = ['agrees', 'alike', 'near', 'thin']
  return (
    answers
      .filter((answer) => answer !== null)
      .sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict) || b.score - a.score)[0] ?? null
  )
}

// Words

function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
}

const TITLES = 'don dona sr sra srta lic licda dr dra ing jr junior'.split(' ')
const WIDOW = ['de', 'viuda', 'viudo', 'vda', 'vd']
const PARTICLES = 'del la las los el da do dos das'.split(' ')

/** A name in its words; a comma is the text `,`. */
function tokensOf(name: string): readonly Word[] {
  const text = foldText(name)
    .replace(/\(\s*a\s*\)|\balias\b|\ba\.?k\.?a\b\.?|\bconocid[oa]\s+(?:como|por)\b|\bc\/p\b/g, ' <alias> ')
    .replace(/["“”«»„(]([^"“”«»„()]+)["“”«»)]/g, ' <open> $1 <close> ')
    .replace(/(^|\s)['‘]([^'‘’]+)['’](?=\s|,|$)/g, '$1 <open> $2 <close> ')
    .replace(/['`´‘’]/g, '')
    .replace(/,/g, ' <comma> ')
  const pieces = text.match(/<\w+>|[a-z0-9\u0400-\uffff]+/gu) ?? []
  const words: Word[] = []
  let [married, particle, quoted, alias] = [false, false, false, 0]
  const plain = (): number => words.filter((word) => !word.nickname && word.text !== ',').length
  for (const piece of pieces) {
    if (TITLES.includes(piece)) continue
    if (piece === '<comma>') {
      if (plain() > 0 && alias < 2) words.push({ text: ',' })
      married = particle = false
    } else if (piece === '<open>') quoted = true
    else if (piece === '<close>') {
      quoted = married = particle = false
      if (alias === 1) alias = 0
    } else if (piece === '<alias>') alias = plain() >= 2 ? 2 : 1
    else if (WIDOW.includes(piece)) [married, particle] = [true, false]
    else if (PARTICLES.includes(piece) || (piece === 'y' && plain() > 0)) [married, particle] = [false, true]
    else {
      if (quoted || alias > 0) {
        words.push({ text: piece, nickname: true })
        if (alias === 1 && !quoted) alias = 0
      } else words.push({ text: piece, married, particle })
      married = particle = false
    }
  }
  if (words.some(({ text: one }) => one !== ',')) return words
  return (foldText(name).match(/[a-z0-9\u0400-\uffff]+/gu) ?? []).map((piece) => ({ text: piece }))
}

function isGiven(word: string): boolean {
  return GIVEN_NAMES.includes(word)
}
function isFamily(word: string): boolean {
  return SURNAMES.includes(word)
}
const onlyGiven = (word: string): boolean => isGiven(word) && !isFamily(word)
const onlyFamily = (word: string): boolean => isFamily(word) && !isGiven(word)

/** The parts of a recorded name: given names, surnames, nicknames. */
function partsOf({ full, givenNames, surnames }: WorldName): readonly Part[] {
  const isNick = ({ nickname }: Word): boolean => nickname === true
  const asFamily = (words: readonly Word[]): Part[] =>
    words.map(({ text, married }, i) => ({ text, role: married && i > 0 ? 'married' : 'surname' }))
  const asGiven = (words: readonly Word[]): Part[] => words.map(({ text }) => ({ text, role: 'given' }))
  const asNick = (words: readonly Word[]): Part[] => words.map(({ text }) => ({ text, role: 'nickname' }))
  if (givenNames?.length && surnames?.length) {
    const given = tokensOf(givenNames.join(' ')).filter(({ text }) => text !== ',')
    const family = tokensOf(surnames.join(' ')).filter(({ text }) => text !== ',')
    const nicks = [...given, ...family].filter(isNick)
    const more = tokensOf(full).filter((one) => isNick(one) && !nicks.some(({ text }) => text === one.text))
    const notNick = (one: Word): boolean => !isNick(one)
    return [...asGiven(given.filter(notNick)), ...asFamily(family.filter(notNick)), ...asNick([...nicks, ...more])]
  }
  const tokens = tokensOf(full)
  const nicks = asNick(tokens.filter(isNick))
  const rest = tokens.filter((one) => !isNick(one))
  const comma = rest.findIndex(({ text }) => text === ',')
  const words = rest.filter(({ text }) => text !== ',')
  const after = comma > 0 ? rest.slice(comma).filter(({ text }) => text !== ',') : []
  if (after.length > 0) return [...asGiven(after), ...asFamily(rest.slice(0, comma)), ...nicks]
  if (words.length === 0) return nicks
  if (words.length === 1) return [{ text: words[0]?.text ?? '', role: 'either' }, ...nicks]
  const married: Part[] = []
  const own = [...words]
  while (own.length > 2 && own.at(-1)?.married && !onlyGiven(own.at(-2)?.text ?? '')) {
    married.unshift({ text: own.pop()?.text ?? '', role: 'married' })
  }
  return [...partsByPlace(own.map(({ text }) => text)), ...married, ...nicks]
}

function partsByPlace(words: readonly string[]): readonly Part[] {
  const [first = '', second = ''] = words
  const count = words.length
  if (onlyFamily(first) && onlyGiven(words[count - 1] ?? '')) {
    let start = count - 1
    while (start > 1 && onlyGiven(words[start - 1] ?? '')) start--
    return [
      ...words.slice(start).map((text): Part => ({ text, role: 'given' })),
      ...words.slice(0, start).map((text): Part => ({ text, role: 'surname' })),
    ]
  }
  let given = 1
  while (given < count - 1 && onlyGiven(words[given] ?? '')) given++
  if (given < count - 2 && !onlyFamily(words[given] ?? '')) given = count - 2
  return words.map((text, i): Part => {
    if (i < given) return { text, role: 'given' }
    return { text, role: count === 3 && i === 1 && !onlyFamily(second) ? 'either' : 'surname' }
  })
}

/** The searched name as it is written, and with two words joined or one word split. */
function wordingsOf(name: string): readonly (readonly Word[])[] {
  const tokens = tokensOf(name)
  const comma = tokens.findIndex(
    ({ text }, i) => text === ',' && tokens.slice(i).some((other) => other.text !== ',' && !other.nickname),
  )
  const hasSides = comma >= 0
  const words = tokens.flatMap((word, i): Word[] => {
    if (word.text === ',') return []
    return [hasSides && !word.nickname ? { ...word, side: i < comma ? 'surname' : 'given' } : word]
  })
  const more: Word[][] = []
  const isPlain = (word: Word): boolean => !word.married && !word.nickname && word.text.length > 1
  const mayBeGiven = (text: string): boolean => mayBe(text) === 'given' || mayBe(text) === 'both'
  for (let i = 0; i + 1 < words.length; i++) {
    const [a, b] = [words[i] as Word, words[i + 1] as Word]
    if (!isPlain(a) || !isPlain(b)) continue
    const joined = a.text + b.text
    if ((mayBeGiven(a.text) && mayBeGiven(b.text)) || mayBe(joined) !== null || ['san', 'santa'].includes(a.text)) {
      const one = { text: joined, side: a.side, respelled: true, first: mayBe(a.text) } as Word
      more.push([...words.slice(0, i), one, ...words.slice(i + 2)])
    }
  }
  words.forEach((word, i) => {
    if (word.nickname || mayBe(word.text) !== null) return
    const insert = (texts: readonly string[]): void => {
      const parts = texts.map((text): Word => ({ text, respelled: true, ...(word.side && { side: word.side }) }))
      more.push([...words.slice(0, i), ...parts, ...words.slice(i + 1)])
    }
    const particle = ['delos', 'delas', 'dela', 'del', 'de'].find(
      (one) => word.text.startsWith(one) && mayBe(word.text.slice(one.length)) !== null,
    )
    if (particle) insert([word.text.slice(particle.length)])
    for (let at = 3; at <= word.text.length - 3; at++) {
      const [a, b] = [word.text.slice(0, at), word.text.slice(at)]
      if ((mayBeGiven(a) && mayBeGiven(b)) || (['san', 'santa'].includes(a) && mayBe(b) !== null)) insert([a, b])
    }
  })
  return [words, ...more.slice(0, 6)]
}

/** What the lists say of a word: short forms and abbreviations too. */
function mayBe(word: string): Kind {
  if (isGiven(word) && isFamily(word)) return 'both'
  if (isGiven(word)) return 'given'
  if (isFamily(word)) return 'surname'
  const full = fullOf(word)
  if (full !== undefined) return mayBe(full)
  return Object.entries(SHORT_FORMS).some(([name, forms]) => name === word || forms.includes(word)) ? 'given' : null
}

function fullOf(word: string): string | undefined {
  return Object.entries(ABBREVIATIONS).find(([short]) => short === word)?.[1]
}

// Two words

const COSTS = { same: 0, abbreviated: 10, joined: 15, sound: 60, short: 120, initial: 140, slip: 160 } as const
type Degree = keyof typeof COSTS
const DEGREES = Object.keys(COSTS) as Degree[]

function soundOf(word: string): string {
  const sounded = word
    .replaceAll('ph', 'f')
    .replace(/ch(?=[rl])/g, 'k')
    .replaceAll('ch', '0')
    .replaceAll('h', '')
    .replaceAll('ll', 'y')
    .replace(/^s(?=[bcdfgkmnpqtv])/, 'es')
    .replace(/y(?![aeiou])/g, 'i')
    .replace(/c(?=[eiy])/g, 's')
    .replace(/g(?=[ei])/g, 'j')
    .replace(/gu(?=[ei])/g, 'g')
    .replace(/qu(?=[ei])/g, 'k')
    .replace(/[vw]/g, 'b')
    .replaceAll('z', 's')
    .replace(/[cq]/g, 'k')
    .replaceAll('x', 'j')
    .replace(/n(?=[bp])/g, 'm')
    .replace(/(.)\1+/g, '$1')
  return sounded === '' ? word : sounded
}

/** How a searched word agrees with a recorded one; null if it does not. */
function degreeOf(searched: Word, recorded: string): Degree | null {
  const word = searched.text
  if (word.length === 1) return recorded.startsWith(word) ? 'initial' : null
  if (word === recorded) return 'same'
  const degrees: Degree[] = []
  if (fullOf(word) === recorded || fullOf(recorded) === word) degrees.push('abbreviated')
  const particles = ['delos', 'delas', 'dela', 'del', 'de']
  if ((searched.married || searched.particle) && particles.some((one) => one + word === recorded))
    degrees.push('joined')
  if (recorded === word.slice(0, 1)) degrees.push('initial')
  if (recorded.length > 1) {
    const sound = soundOf(recorded)
    if (sound === soundOf(word)) degrees.push('sound')
    const full = fullOf(word)
    if (full !== undefined && full.length > word.length && soundOf(full) === sound) degrees.push('sound')
    if (formsFor(word).some((form) => form !== word && soundOf(form) === sound)) degrees.push('short')
  }
  if (areASlipApart(word, recorded)) degrees.push('slip')
  return DEGREES.find((degree) => degrees.includes(degree)) ?? null
}

function formsFor(word: string): readonly string[] {
  const groups = Object.entries(SHORT_FORMS).map(([name, forms]) => [name, ...forms])
  const forms = groups.filter((group) => group.includes(word)).flat()
  if (isGiven(word)) {
    const last = word.slice(-1)
    if (last === 'a' || last === 'o') forms.push(`${word.slice(0, -1)}it${last}`)
    else forms.push(`${word}ito`, `${word}ita`, `${word}cito`, `${word}cita`)
  }
  for (const stem of [/^(.{3,}?)cit[ao]$/, /^(.{3,})it[ao]$/].map((form) => form.exec(word)?.[1])) {
    if (stem === undefined) continue
    const name = [stem + word.slice(-1), stem].find(isGiven)
    if (name !== undefined) forms.push(name)
    break
  }
  return forms
}

function areASlipApart(a: string, b: string): boolean {
  const isListed = (word: string): boolean => isGiven(word) || isFamily(word)
  const undoubled = (word: string): string => word.replace(/(.)\1+/g, '$1')
  if (a.length > 3 && b.length > 3) {
    if (undoubled(a) === undoubled(b)) return true
    const rests = [soundOf(a).slice(1), soundOf(b).slice(1)]
    const start = (word: string): string => (word[0] === 'x' ? 'x' : (soundOf(word)[0] ?? ''))
    const isStart = (one: string, other: string): boolean =>
      (start(a) === one && start(b) === other) || (start(b) === one && start(a) === other)
    if (rests[0] === rests[1] && (isStart('j', 'y') || isStart('s', 'x'))) return true
  }
  const longer = Math.max(a.length, b.length)
  if ((isListed(a) && isListed(b)) || longer < 4) return false
  const sorted = (word: string): string => [...word].sort().join('')
  if (longer === 4 && !isListed(a) && !isListed(b)) return false
  if (longer === 4 && a.length === b.length && sorted(a) !== sorted(b)) return false
  const [soundA, soundB] = [soundOf(a), soundOf(b)]
  if (sexApart(a, b) || sexApart(soundA, soundB)) return false
  return editsApart(a, b) <= 1 || (Math.min(soundA.length, soundB.length) > 3 && editsApart(soundA, soundB) <= 1)
}

function sexApart(a: string, b: string): boolean {
  if (a.length === b.length)
    return a.slice(0, -1) === b.slice(0, -1) && 'aoe'.includes(a.slice(-1)) && 'aoe'.includes(b.slice(-1))
  return ['a', 'o'].some((vowel) => a + vowel === b || b + vowel === a)
}

/** The optimal string alignment distance: letters more, less or wrong, and neighbours swapped. */
function editsApart(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  )
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      let least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(i - 2, j - 2) + 1)
      ;(rows[i] as number[])[j] = least
    }
  }
  return at(a.length, b.length)
}

// Two names

interface Pair {
  readonly i: number
  readonly j: number
  readonly degree: Degree
}

const sideOfPart = ({ role }: Part): Side => (role === 'given' || role === 'nickname' ? 'given' : 'surname')

function compare(parts: readonly Part[], words: readonly Word[]): NameAnswer | null {
  const plain = words.filter(({ nickname }) => !nickname)
  if (parts.filter(({ role }) => role !== 'nickname').length < 2 || plain.length < 2) return compareSingle(parts, words)
  const pairs = pairUp(parts, words)
  const given = pairs.filter(({ j }) => sideOfPart(parts[j] as Part) === 'given')
  const family = pairs.filter(({ j }) => sideOfPart(parts[j] as Part) === 'surname')
  if (!family.some(({ degree }) => degree !== 'initial') || given.length + family.length < 2) return null
  if (given.length === 0 && family.length < 2) return null
  const { sides, mixed } = sidesOf(parts, words, pairs)
  const leftWords = words.map((_, i) => i).filter((i) => !pairs.some((pair) => pair.i === i))
  const needed = leftWords.filter((i) => !words[i]?.nickname && !(words[i]?.married && sides[i]?.includes('surname')))
  const leftParts = parts.map((_, j) => j).filter((j) => !pairs.some((pair) => pair.j === j))
  const neededParts = leftParts.filter((j) => ['given', 'surname'].includes(parts[j]?.role ?? ''))
  if (needed.some((i) => neededParts.some((j) => sides[i]?.includes(sideOfPart(parts[j] as Part))))) return null
  const asWife = family.some(({ i, j }) => words[i]?.married && parts[j]?.role === 'surname')
  if (asWife && needed.some((i) => !words[i]?.married && sides[i]?.includes('surname'))) return null
  if (given.length === 0 && needed.some((i) => sides[i]?.includes('given'))) return null

  const first = (side: Side, own: readonly Pair[]): boolean => {
    const j = parts.findIndex(({ role }) => role === side)
    const start = Math.min(...own.map(({ i }) => i))
    return (j >= 0 && !own.some((pair) => pair.j === j)) || needed.some((i) => i < start && sides[i]?.join() === side)
  }
  const swapped = (own: readonly Pair[], role: string): boolean => {
    const order = own.filter(({ j }) => parts[j]?.role === role).sort((a, b) => a.i - b.i)
    return order.some(({ j }, k) => k > 0 && j < (order[k - 1]?.j ?? 0))
  }
  const noGiven = first('given', given)
  const givenFault = noGiven || swapped(given, 'given')
  const familyFault = first('surname', family) || swapped(family, 'surname')
  const bothLeft = needed.length > 0 && neededParts.length > 0
  const slips = pairs.filter(({ degree }) => degree === 'slip').length
  const leader =
    noGiven && leftParts.some((j) => parts[j]?.role === 'given' && ['maria', 'jose'].includes(parts[j]?.text ?? ''))
  const faults = [
    givenFault ? 2 : 0,
    familyFault ? 2 : 0,
    bothLeft ? 1 : 0,
    mixed ? 1 : 0,
    slips,
    pairs.some(({ degree }) => degree === 'short') && !leader ? 1 : 0,
    given.length > 0 && given.every(({ degree }) => degree === 'initial') ? 2 : 0,
  ].reduce((a, b) => a + b)
  const unsure = pairs.filter(({ degree }) => degree === 'slip' || degree === 'short').length
  if (unsure > 1 || faults > 2) return null
  const cost =
    pairs.map(({ degree }) => COSTS[degree] as number).reduce((a, b) => a + b) +
    15 * words.filter(({ respelled }) => respelled).length +
    40 * needed.length +
    30 * neededParts.length +
    10 * (leftWords.length - needed.length + leftParts.length - neededParts.length) +
    (givenFault ? 150 : 0) +
    (familyFault ? 150 : 0) +
    (mixed ? 20 : 0)
  const score = Math.max(0, 1000 - cost)
  const has = (degree: Degree): boolean => pairs.some((pair) => pair.degree === degree)
  if (givenFault || familyFault || bothLeft || has('slip') || has('initial')) return { verdict: 'near', score }
  return { verdict: has('sound') || has('short') ? 'alike' : 'agrees', score }
}

function pairUp(parts: readonly Part[], words: readonly Word[]): readonly Pair[] {
  const pairs: Pair[] = []
  for (const degree of DEGREES) {
    for (const [i, word] of words.entries()) {
      for (const [j, part] of parts.entries()) {
        if (pairs.some((pair) => pair.i === i || pair.j === j) || degreeOf(word, part.text) !== degree) continue
        if (word.nickname && part.role !== 'nickname') continue
        const side = sideOfPart(part)
        if ((degree === 'short' && side !== 'given') || (word.side && word.side !== side)) continue
        pairs.push({ i, j, degree })
      }
    }
  }
  return pairs
}

/** What each searched word may be. Given names stand together, and so do surnames. */
function sidesOf(
  parts: readonly Part[],
  words: readonly Word[],
  pairs: readonly Pair[],
): { sides: readonly (readonly Side[])[]; mixed: boolean } {
  const plain = words.flatMap(({ nickname }, i) => (nickname ? [] : [i]))
  const fixed = (i: number): Side | undefined => {
    const pair = pairs.find((one) => one.i === i)
    return pair ? sideOfPart(parts[pair.j] as Part) : words[i]?.side
  }
  const other = (side: Side): Side => (side === 'given' ? 'surname' : 'given')
  const orders = (['given', 'surname'] as const)
    .flatMap((side) =>
      Array.from({ length: plain.length + 1 }, (_, k) => plain.map((_, n) => (n < k ? side : other(side)))),
    )
    .filter((order) => order.every((side, n) => (fixed(plain[n] as number) ?? side) === side))
  const sides = words.map((word, i): readonly Side[] => {
    if (word.side) return [word.side]
    const at = plain.indexOf(i)
    const possible: Side[] =
      at < 0 ? [] : orders.length === 0 ? ['given', 'surname'] : [...new Set(orders.map((order) => order[at] as Side))]
    const known = mayBe(word.text) ?? word.first
    const only = known === 'given' || known === 'surname' ? known : word.text.length === 1 ? 'given' : undefined
    return only && possible.includes(only) ? [only] : possible
  })
  return { sides, mixed: orders.length === 0 }
}

function compareSingle(parts: readonly Part[], words: readonly Word[]): NameAnswer | null {
  const plain = words.some(({ nickname }) => !nickname) ? words.filter(({ nickname }) => !nickname) : words
  const [word] = plain
  if (!word || plain.length > 1 || word.text.length === 1) return null
  const degrees = parts.map(({ text }) => degreeOf(word, text))
  const degree = (['same', 'joined', 'sound'] as const).find((one) => degrees.includes(one))
  if (degree === undefined) return null
  const others = parts.length - 1
  const score = Math.max(0, 1000 - COSTS[degree] - 30 * others - (word.respelled ? 15 : 0) - (others > 0 ? 150 : 0))
  if (others === 0) return { verdict: degree === 'sound' ? 'alike' : 'agrees', score }
  return { verdict: (mayBe(word.text) ?? word.first ?? null) === null ? 'near' : 'thin', score }
}
