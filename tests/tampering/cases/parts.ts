import { fails, holds, type TamperingCase } from '../case.ts'
import type { Desk } from '../desk.ts'
import { addParts, type Part } from '../parts.ts'

/** Acts of the gateway on the parts of countries, which it numbers for each country. */

const add =
  (parts?: readonly Part[], counts?: Readonly<Record<string, number>>) =>
  (desk: Desk): Promise<void> =>
    addParts(desk, parts, counts)

/** The cases. */
export const PART_CASES: readonly TamperingCase[] = [
  {
    title: 'nothing: the parts of each country count from 1',
    tamper: add(),
    verify: holds(),
    reconcile: holds('REFUSED_EARLY'),
  },
  {
    title: 'a part of a country is missing between two others',
    tamper: add(
      [
        ['HN', 1],
        ['HN', 3],
      ],
      { HN: 3 },
    ),
    verify: fails('COUNT'),
    names: /^entry 341$/,
    python: 'HOLDS',
  },
  {
    title: 'the first part of a country is missing',
    tamper: add([['HN', 2]], { HN: 2 }),
    verify: fails('COUNT'),
    names: /^entry 339$/,
    python: 'HOLDS',
  },
  {
    title: 'two parts of a country have one number',
    tamper: add(
      [
        ['HN', 1],
        ['HN', 1],
      ],
      { HN: 1 },
    ),
    verify: fails('COUNT'),
    names: /^entry 341$/,
    python: 'HOLDS',
  },
  {
    title: 'the gateway states more parts of a country than its log has',
    tamper: add([['HN', 1]], { HN: 2 }),
    verify: fails('COUNT'),
    names: /^entry 340$/,
    python: 'HOLDS',
  },
  {
    title: 'the gateway does not state the parts of one country',
    tamper: add(undefined, { HN: 3 }),
    verify: fails('COUNT'),
    names: /^entry 346$/,
    python: 'HOLDS',
  },
]
