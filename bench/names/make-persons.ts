import { GIVEN, SURNAMES } from '../../demo/generator/persons.ts'
import { createRandom, type Random } from '../../demo/generator/random.ts'
import { GIVEN_NAMES, SURNAMES as MORE_SURNAMES } from '../../subgraphs/persons/name-lexicon.ts'

/** Makes persons with names as a register has them: a few very frequent, many rare, some misspelt. */

/** A person of the benchmark. */
export interface BenchPerson {
  readonly id: string
  readonly birthDate: string
  readonly given: readonly string[]
  readonly surnames: readonly string[]
  readonly full: string
}

/** A list whose n-th member is drawn with a weight of 1/(n + 2), as names are distributed. */
function createWeighted(list: readonly string[]): (random: Random) => string {
  let sum = 0
  const sums = list.map((_, i) => {
    sum += 1 / (i + 3)
    return sum
  })
  return (random) => {
    const at = (random.int(1_000_000) / 1_000_000) * sum
    let [low, high] = [0, list.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] as number) < at) low = middle + 1
      else high = middle
    }
    return list[low] as string
  }
}

const isOf = (vowel: string) => (name: string) => name.endsWith(vowel)
const drawGiven = {
  F: createWeighted([...GIVEN.F, ...GIVEN_NAMES.filter(isOf('a'))]),
  M: createWeighted([...GIVEN.M, ...GIVEN_NAMES.filter(isOf('o'))]),
}
const drawSurname = createWeighted([...SURNAMES, ...MORE_SURNAMES])

/** Makes the n-th person; always the same for one n. */
export function makePerson(n: number): BenchPerson {
  const random = createRandom('names', n)
  const sex = random.chance(0.5) ? 'F' : 'M'
  const given = [drawGiven[sex](random), ...(random.chance(0.7) ? [drawGiven[sex](random)] : [])]
  const surnames = [drawSurname(random), ...(random.chance(0.85) ? [drawSurname(random)] : [])]
  if (sex === 'F' && random.chance(0.15)) surnames.push(`de ${drawSurname(random)}`)
  const misspelt = random.chance(0.05) ? surnames.map((name, i) => (i === 0 ? misspell(name, random) : name)) : surnames
  const birthDate = new Date(Date.UTC(1940, 0, 1) + random.int(24_800) * 86_400_000).toISOString().slice(0, 10)
  return { id: `GT:P${n}`, birthDate, given, surnames: misspelt, full: [...given, ...misspelt].join(' ') }
}

/** Swaps two neighbouring letters in the middle of a word. */
export function misspell(word: string, random: Random): string {
  const at = 1 + random.int(Math.max(1, word.length - 3))
  return word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2)
}
