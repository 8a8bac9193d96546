/**
 * On which article of which instrument a measure of mutual legal assistance rests. Read from the texts of the United Nations Convention
 * against Transnational Organized Crime (UNTOC) and the United Nations Convention against Corruption (UNCAC); the test compares the
 * headings with these texts. The articles of the three protocols are read from https://www.unodc.org/unodc/en/organized-crime/intro/UNTOC.html
 */

/** The measures that one country asks another for (`MlaMeasure` of the contract). */
export const MEASURES = [
  'TAKE_EVIDENCE',
  'SERVE_DOCUMENT',
  'SEARCH_SEIZE',
  'FREEZE_ASSETS',
  'BANK_RECORDS',
  'TRANSFER_PERSON',
  'JOINT_TEAM',
  'OTHER',
] as const

/** A measure of mutual legal assistance. */
export type Measure = (typeof MEASURES)[number]

/** An article of an instrument. */
export interface Basis {
  readonly instrument: string
  readonly article: string
  readonly heading: string
}

const UNTOC = 'UN:XVIII-12'
const UNCAC = 'UN:XVIII-14'

const basis = (instrument: string, article: string, heading: string): Basis => ({ instrument, article, heading })

const ASSISTANCE: Readonly<Record<'UNTOC' | 'UNCAC', Basis>> = {
  UNTOC: basis(UNTOC, '18', 'Mutual legal assistance'),
  UNCAC: basis(UNCAC, '46', 'Mutual legal assistance'),
}
const CONFISCATION: Readonly<Record<'UNTOC' | 'UNCAC', Basis>> = {
  UNTOC: basis(UNTOC, '13', 'International cooperation for purposes of confiscation'),
  UNCAC: basis(UNCAC, '55', 'International cooperation for purposes of confiscation'),
}
const JOINT: Readonly<Record<'UNTOC' | 'UNCAC', Basis>> = {
  UNTOC: basis(UNTOC, '19', 'Joint investigations'),
  UNCAC: basis(UNCAC, '49', 'Joint investigations'),
}

/** The article for each measure: UNTOC article 18 (3) and UNCAC article 46 (3) list what may be asked; assets and joint teams have their own. */
export const BASES: Readonly<Record<'UNTOC' | 'UNCAC', Readonly<Record<Exclude<Measure, 'OTHER'>, Basis>>>> = {
  UNTOC: basesOf('UNTOC'),
  UNCAC: basesOf('UNCAC'),
}

/** Where a request only exchanges information: the instrument about the conduct has an article on it. */
export const INFORMATION: Readonly<Record<'TRAFFICKING' | 'MIGRANTS' | 'FIREARMS' | 'CORRUPTION' | 'ANY', Basis>> = {
  TRAFFICKING: basis('UN:XVIII-12-a', '10', 'Information exchange and training'),
  MIGRANTS: basis('UN:XVIII-12-b', '10', 'Information'),
  FIREARMS: basis('UN:XVIII-12-c', '12', 'Information'),
  CORRUPTION: basis(UNCAC, '48', 'Law enforcement cooperation'),
  ANY: basis(UNTOC, '27', 'Law enforcement cooperation'),
}

function basesOf(convention: 'UNTOC' | 'UNCAC'): Readonly<Record<Exclude<Measure, 'OTHER'>, Basis>> {
  const assistance = ASSISTANCE[convention]
  return {
    TAKE_EVIDENCE: assistance,
    SERVE_DOCUMENT: assistance,
    SEARCH_SEIZE: assistance,
    BANK_RECORDS: assistance,
    TRANSFER_PERSON: assistance,
    FREEZE_ASSETS: CONFISCATION[convention],
    JOINT_TEAM: JOINT[convention],
  }
}
