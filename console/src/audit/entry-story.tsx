import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { Entry, EntryOf } from '../../../contract/audit-log/entry.ts'
import { entryLabels } from '../../../contract/audit-log/words.ts'
import { useFormats } from '../shell/formats.ts'
import { MarkedText, unmarked } from './marked-text.tsx'
import { useLanguage } from './use-oversight.ts'
import type { VerifiedEntry } from './verify-entry.ts'
import { wordAgency, wordFields, wordMeaning, wordRole } from './word-entry.ts'

/** A proved question in a few sentences: who asked, for what, which data, and who answered. */
export function EntryStory({ verified: { entry, parts } }: { readonly verified: VerifiedEntry }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const { country } = useFormats()
  if (entry?.kind !== 'request' && entry?.kind !== 'leg') return null
  const fields = wordFields(t, listCoordinates(entry, parts)).join('; ')
  const what = fields === '' ? t('auditor.story.noFields') : t('auditor.story.asked', { fields })
  const answers = listAnswers(entry, parts).map(({ code, reach, country: by, records }) => {
    const name = unmarked(by === null ? t('auditor.story.gateway') : country(by))
    const how = entryLabels(language).reaches[reach]
    const given = records === null ? '' : t('auditor.story.records', { count: records })
    return [`${name} ${how}${given}.`, code === null ? '' : unmarked(wordMeaning(code, language))].join(' ')
  })
  return (
    <p className="story">
      <MarkedText text={[wordWho(entry, t, country), what, ...answers].join(' ')} />
    </p>
  )
}

/** Says who asked, and for what: by role and institution, because no log has a name. */
function wordWho(
  { actor, grounds }: EntryOf<'request'> | EntryOf<'leg'>,
  t: TFunction,
  country: (code: string) => string,
): string {
  if (actor === null) return t('auditor.story.anonymous')
  const place = [wordAgency(actor.agency), actor.country === null ? '' : country(actor.country)]
  const facts = {
    role: unmarked(wordRole(t, actor)).toLocaleLowerCase() || t('auditor.story.noRole'),
    place: unmarked(place.filter(Boolean).join(', ')) || t('auditor.story.noPlace'),
  }
  const purpose = grounds?.purpose ?? null
  return purpose === null
    ? t('auditor.story.noPurpose', facts)
    : t('auditor.story.who', { ...facts, purpose: t(`auditor.story.purposes.${purpose}`) })
}

/** All fields that a question asked for, as far as they are in its proved entries. */
export function listCoordinates(entry: Entry, parts: readonly EntryOf<'continuation'>[]): readonly string[] {
  return [entry, ...parts].flatMap((each) => ('coordinates' in each ? each.coordinates : []))
}

type ProvedLeg = EntryOf<'request'>['legs'][number]

/** What a country answered. */
interface ProvedAnswer {
  readonly country: string | null
  readonly reach: ProvedLeg['reach']
  readonly code: string | null
  readonly records: number | null
}

/** What each country answered, as far as the proved entries say it: the answers of one country that ended in the same way are one. */
export function listAnswers(entry: Entry, parts: readonly EntryOf<'continuation'>[]): readonly ProvedAnswer[] {
  if (entry.kind === 'leg') {
    const { country, records, result } = entry
    return [{ country, reach: result.status < 400 ? 'ANSWERED' : 'DENIED', code: result.code, records: records.count }]
  }
  const legs = [entry, ...parts].flatMap((each) => ('legs' in each ? each.legs : []))
  return [...Map.groupBy(legs, ({ country, reach, code }) => `${country} ${reach} ${code}`).values()].flatMap(
    (same) => {
      const [first] = same
      if (first === undefined) return []
      const counts = same.flatMap(({ records }) => (records === null ? [] : [records.count]))
      return [{ ...first, records: counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0) }]
    },
  )
}
