/** Files that a national team or an auditor opens in the browser, with each text of them the attacker's. */
import type { Marks } from './payloads.ts'

/** A file, where it is opened, and what the page shows of it. */
export interface AttackedFile {
  readonly place: string
  /** The selector of its input, if the page has more than one. */
  readonly path?: string
  readonly name: string
  readonly content: string
  /** A text of it that is there when the page has read it. */
  readonly shows: (marks: Marks) => string
}

/** Writes the files. `write` gives the attacker's text for a place. */
export function writeAttackedFiles(write: (place: string) => string): readonly AttackedFile[] {
  return [...writeReports(write), ...writeOthers(write)]
}

/** A command of the national team: what it prints, with texts by their names, and the name of one that the page shows. */
interface AttackedReport {
  readonly kind: string
  readonly shown: string
  readonly body: (text: (name: string) => string) => object
}

const REPORTS: readonly AttackedReport[] = [
  {
    ...{ kind: 'doctor', shown: 'what' },
    body: (text) => ({
      counts: {},
      findings: [
        { area: text('area'), state: 'wrong', code: text('code'), what: text('what'), remedy: text('remedy') },
        { area: 'constructor', state: 'well', code: '__proto__', what: 'toString', remedy: '' },
      ],
    }),
  },
  {
    ...{ kind: 'check', shown: 'place' },
    body: (text) => ({
      ...{ country: text('country'), checkedAt: text('checkedAt'), parts: [] },
      findings: [
        {
          ...{
            severity: 'error',
            id: text('id'),
            place: text('place'),
            expected: text('expected'),
            came: text('came'),
          },
          ...{ remedy: text('remedy'), count: 1, examples: [text('examples')] },
        },
      ],
    }),
  },
  {
    ...{ kind: 'sync', shown: 'reason' },
    body: (text) => ({
      ...{ country: text('country'), source: 'x', refused: 1, kinds: [{ kind: text('kind'), refused: 1 }] },
      causes: [{ section: text('section'), column: text('column'), reason: text('reason'), rows: 1 }],
      shrinking: [text('shrinking')],
    }),
  },
  {
    ...{ kind: 'conformance', shown: 'title' },
    body: (text) => ({
      ...{ verdict: 'FAILED', country: text('country') },
      checks: [
        {
          ...{ id: text('id'), result: 'FAILED', title: text('title'), reason: text('reason'), remedy: text('remedy') },
          findings: [{ place: text('place'), expected: text('expected'), came: text('came') }],
        },
      ],
    }),
  },
  {
    ...{ kind: 'probe', shown: 'found' },
    body: (text) => ({
      ...{ country: text('country'), gatewayName: 'istmo' },
      parts: [
        {
          ...{ domain: text('domain'), url: text('url') },
          steps: [{ step: text('step'), verdict: 'WRONG', code: text('code'), found: text('found') }],
        },
      ],
    }),
  },
  {
    ...{ kind: 'suspensions', shown: 'reason' },
    body: (text) => ({
      inForce: [{ kind: text('kind'), value: text('value'), since: 1, by: text('by'), reason: text('reason') }],
      waiting: [
        { iss: text('iss'), action: text('action'), reason: text('why'), what: { [text('member')]: text('what') } },
      ],
    }),
  },
]

/** The results of the commands whose files the page of reports reads. */
function writeReports(write: (place: string) => string): readonly AttackedFile[] {
  return REPORTS.map(({ kind, shown, body }) => ({
    ...{ place: '/national/reports', name: `${kind}.json`, shows: (marks) => marks.of(`${kind}.${shown}`) },
    content: JSON.stringify(body((name) => write(`${kind}.${name}`))),
  }))
}

function writeOthers(write: (place: string) => string): readonly AttackedFile[] {
  const rules = (name: string): string => write(`rules.${name}`)
  const row = { verdict: 'different', here: rules('here'), there: rules('there') }
  // A line has no end of a line within.
  const grant = `${rules('taskForce')}: GT ${rules('agency')}, INVESTIGATION, person:read`.replaceAll('\u2028', '')
  const matrix = [
    { ...row, what: rules('other') },
    { ...row, what: 'persons Person.names', here: `scopes person:read and ${rules('own')}` },
    { ...row, what: 'persons Person.sex', here: 'scopes person:read' },
    { what: grant, verdict: 'equal', here: 'until 2027-01-01', there: 'x' },
    { what: 'b: GT GT-MP, INVESTIGATION, person:read', verdict: 'equal', here: 'until 2027-01-01', there: 'x' },
  ]
  const compared = (name: string): string => write(`reconciliation.${name}`)
  const difference = { class: 'FIELDS_DIFFER', requestId: compared('requestId'), time: 'x', what: compared('what') }
  const sums = { matched: 1, verdict: compared('verdict'), gateway: compared('gateway'), node: compared('node') }
  const note = { id: '00000000-0000-4000-8000-000000000000', kind: 'person', record: 'GT:P\u3164-1', changedAt: 1 }
  return [
    {
      ...{ place: '/national/rules', name: 'rules.json', shows: (marks) => marks.of('rules.here') },
      content: JSON.stringify({ compared: matrix.length, rows: matrix }),
    },
    {
      ...{
        place: '/audit/reconciliation',
        name: 'comparison.jsonl',
        shows: (marks) => marks.of('reconciliation.what'),
      },
      content: [difference, { ...sums, country: 'GT' }].map((line) => JSON.stringify(line)).join('\n'),
    },
    {
      ...{ place: '/notes', name: 'notes.json', shows: (marks) => marks.of('notes.text') },
      content: JSON.stringify({ istmo: 'notes', version: 1, notes: [{ ...note, text: write('notes.text') }] }),
    },
  ]
}
