/**
 * The project's own facts about treaties: the five UN instruments on which the region's requests for assistance rest, and the days
 * on which the region's states signed them and became bound, by the status of March 2015. They were written by hand from the UN
 * Treaty Collection (treaties.un.org), so that participant UN can answer without the collection's complete table.
 */

/** An instrument's row. */
export interface InstrumentFact {
  readonly id: string
  readonly title: string
  readonly kind: 'TREATY' | 'PROTOCOL'
  readonly adopted_on: string
}

const SUPPLEMENTING = 'supplementing the United Nations Convention against Transnational Organized Crime'

/** The conventions against organised crime and corruption, and the three protocols. */
export const INSTRUMENTS: readonly InstrumentFact[] = [
  {
    id: 'UN:XVIII-12',
    title: 'United Nations Convention against Transnational Organized Crime',
    kind: 'TREATY',
    adopted_on: '2000-11-15',
  },
  {
    id: 'UN:XVIII-12-a',
    title: `Protocol to Prevent, Suppress and Punish Trafficking in Persons, Especially Women and Children, ${SUPPLEMENTING}`,
    kind: 'PROTOCOL',
    adopted_on: '2000-11-15',
  },
  {
    id: 'UN:XVIII-12-b',
    title: `Protocol against the Smuggling of Migrants by Land, Sea and Air, ${SUPPLEMENTING}`,
    kind: 'PROTOCOL',
    adopted_on: '2000-11-15',
  },
  {
    id: 'UN:XVIII-12-c',
    title: `Protocol against the Illicit Manufacturing of and Trafficking in Firearms, Their Parts and Components and Ammunition, ${SUPPLEMENTING}`,
    kind: 'PROTOCOL',
    adopted_on: '2001-05-31',
  },
  {
    id: 'UN:XVIII-14',
    title: 'United Nations Convention against Corruption',
    kind: 'TREATY',
    adopted_on: '2003-10-31',
  },
]

/** One state's participation: when it signed, when it became bound, by which act. Null: it did not, or the source does not say. */
export interface ParticipationFact {
  readonly instrument_id: string
  readonly country: string
  readonly signed_on: string | null
  readonly bound_on: string | null
  readonly action: 'RATIFICATION' | 'ACCESSION' | null
}

/** For each state, in the order of {@link INSTRUMENTS}: signed/bound; `-` for neither. No signature means accession. */
const STATES: Readonly<Record<string, string>> = {
  BZ: '/2003-09-26 /2003-09-26 /2006-09-14 - -',
  CR: '2001-03-16/2003-07-24 2001-03-16/2003-09-09 2001-03-16/2003-08-07 2001-11-12/2003-09-09 2003-12-10/2007-03-21',
  DO: '2000-12-13/2006-10-26 2000-12-15/2008-02-05 2000-12-15/2007-12-10 2001-11-15/2009-04-07 2003-12-10/2006-10-26',
  GT: '2000-12-12/2003-09-25 /2004-04-01 /2004-04-01 /2004-04-01 2003-12-09/2006-11-03',
  HN: '2000-12-14/2003-12-02 /2008-04-01 /2008-11-18 /2008-04-01 2004-05-17/2005-05-23',
  MX: '2000-12-13/2003-03-04 2000-12-13/2003-03-04 2000-12-13/2003-03-04 2001-12-31/2003-04-10 2003-12-09/2004-07-20',
  NI: '2000-12-14/2002-09-09 /2004-10-12 /2006-02-15 /2007-07-02 2003-12-10/2006-02-15',
  PA: '2000-12-13/2004-08-18 2000-12-13/2004-08-18 2000-12-13/2004-08-18 2001-10-05/2004-08-18 2003-12-10/2005-09-23',
  SV: '2000-12-14/2004-03-18 2002-08-15/2004-03-18 2002-08-15/2004-03-18 2002-08-15/2004-03-18 2003-12-10/2004-07-01',
}

/** The codes of the states whose participations in all of these instruments are known. */
export const STATE_CODES: readonly string[] = Object.keys(STATES)

/** The participations of nine states. A state without one in an instrument has no row for it. Days are `YYYY-MM-DD`. */
export const PARTICIPATIONS: readonly ParticipationFact[] = Object.entries(STATES).flatMap(([country, text]) =>
  text.split(' ').flatMap((part, index) => {
    const instrument = INSTRUMENTS[index]
    const [signed, bound] = part.split('/')
    if (part === '-' || instrument === undefined) return []
    return [
      {
        instrument_id: instrument.id,
        country,
        signed_on: signed || null,
        bound_on: bound || null,
        action: signed ? ('RATIFICATION' as const) : ('ACCESSION' as const),
      },
    ]
  }),
)
