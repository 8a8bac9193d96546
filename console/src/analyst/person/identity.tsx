import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { cleanText } from '../../components/clean-text.ts'
import { Handling } from '../../components/handling.tsx'
import { PersonLink } from '../../components/links.tsx'
import { NoRecord } from '../../components/no-record.tsx'
import { Skeleton } from '../../components/paged-rows.tsx'
import { ShownCode, ShownText } from '../../components/shown-text.tsx'
import type { DossierPerson } from '../../documents/types.ts'
import { isHiddenField } from '../../shell/is-hidden-field.ts'
import { useFormats } from '../../shell/use-formats.ts'
import { writePlace } from '../subdivisions.ts'
import { listSayers, type SaidSame } from './identities.ts'
import { nameOf } from './name-of.ts'
import type { Dossier } from './use-dossier.ts'

/** One record of a person: what its country gives, and who says that it is the same person. */
export function Identity({
  id,
  person,
  said,
  isAsked,
  dossier: { answers, isAsking },
}: {
  readonly id: string
  readonly person: DossierPerson | null | undefined
  readonly said: SaidSame
  readonly isAsked: boolean
  readonly dossier: Pick<Dossier, 'answers' | 'isAsking'>
}) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const isHidden = (coordinate: string): boolean => isHiddenField(answers, coordinate, id.slice(0, 2))
  const sayers = listSayers(id, said).map(country).join(', ')
  return (
    <article className="sheet" aria-label={cleanText(id)}>
      <h3>
        {country(id.slice(0, 2))} · {isAsked ? <ShownCode text={id} /> : <PersonLink id={id}>{id}</PersonLink>}
      </h3>
      <p className="quiet-text">
        {isAsked && t('person.asked')}
        {isAsked && sayers !== '' && ' · '}
        {sayers !== '' && t('person.saidBy', { countries: sayers })}
      </p>
      {person === undefined && isAsking && <Skeleton />}
      {person === undefined && !isAsking && <p>{t('common.unanswered', { country: country(id.slice(0, 2)) })}</p>}
      {person === null && <NoRecord id={id} answers={answers} absent={t('person.notFound')} />}
      {person != null && <Facts person={person} isHidden={isHidden} />}
    </article>
  )
}

function Facts({
  person,
  isHidden,
}: {
  readonly person: DossierPerson
  readonly isHidden: (coordinate: string) => boolean
}) {
  const { t } = useTranslation()
  const { day, country, moment } = useFormats()
  const { names, birthDate, birthPlace, nationalities, sex, provenance } = person
  return (
    <dl className="facts">
      <Fact term={t('common.name')} isHidden={names === null}>
        <ShownText text={names?.map(({ full }) => full).join(' · ')} />
      </Fact>
      <Fact term={t('common.birthDate')} isHidden={birthDate === null && isHidden('Person.birthDate')}>
        <ShownText text={day(birthDate) || t('common.none')} />
        {birthPlace !== null && (
          <>
            {', '}
            <ShownText text={t('person.born', { place: birthPlace })} />
          </>
        )}
      </Fact>
      <Fact term={t('person.sex')} isHidden={sex === null && isHidden('Person.sex')}>
        {sex === null ? t('common.none') : t(`sex.${sex}`, { defaultValue: sex })}
      </Fact>
      <Fact term={t('person.nationalities')} isHidden={nationalities === null}>
        {nationalities?.map(country).join(', ')}
      </Fact>
      <Parts person={person} />
      <Fact term={t('common.handling')} isHidden={provenance === null}>
        <Handling provenance={provenance} isWorded />{' '}
        {provenance !== null && (
          <ShownText text={t('person.recorded', { agency: provenance.agency, day: moment(provenance.recordedAt) })} />
        )}
      </Fact>
    </dl>
  )
}

/** The parts that need further rights. Each says whether it is hidden or empty. */
function Parts({ person }: { readonly person: DossierPerson }) {
  const { t } = useTranslation()
  const { day, country } = useFormats()
  const { identifiers, addresses, memberships, associates, warrants } = person
  return (
    <>
      <Fact term={t('person.identifiers')} isHidden={identifiers === null}>
        <Lines
          lines={identifiers?.map(
            ({ category, jurisdiction, value }) =>
              `${t(`category.${category}`, { defaultValue: category })}, ${country(jurisdiction)}: ${value}`,
          )}
        />
      </Fact>
      <Fact term={t('person.addresses')} isHidden={addresses === null}>
        <Lines
          lines={addresses?.map(({ line, subdivision, country: code }) =>
            [line, subdivision === null ? '' : writePlace(subdivision), country(code)].filter(Boolean).join(', '),
          )}
        />
      </Fact>
      <Fact term={t('person.groups')} isHidden={memberships === null}>
        <Lines lines={memberships?.map(({ group, role }) => [group, role].filter(Boolean).join(': '))} />
      </Fact>
      <Fact term={t('person.associates')} isHidden={associates === null}>
        <Lines
          lines={associates?.edges.map(
            ({ node }) => `${nameOf(node.person?.names) ?? node.person?.id ?? t('common.none')}: ${node.relationship}`,
          )}
        />
      </Fact>
      <Fact term={t('person.warrants')} isHidden={warrants === null}>
        <Lines
          lines={warrants?.edges.map(({ node }) =>
            [
              node.id,
              t(`warrant.${node.category}`, { defaultValue: node.category }),
              t(`warrantStatus.${node.status}`, { defaultValue: node.status }),
              day(node.issuedOn),
              node.issuingCourt,
            ]
              .filter(Boolean)
              .join(', '),
          )}
        />
      </Fact>
    </>
  )
}

function Lines({ lines = [] }: { readonly lines?: readonly string[] | undefined }) {
  const { t } = useTranslation()
  if (lines.length === 0) return t('common.none')
  return lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: two lines may be the same text
    <div key={index}>
      <ShownText text={line} />
    </div>
  ))
}

function Fact({
  term,
  isHidden,
  children,
}: {
  readonly term: string
  readonly isHidden: boolean
  readonly children?: ReactNode
}) {
  const { t } = useTranslation()
  return (
    <>
      <dt>{term}</dt>
      <dd>{isHidden ? <em>{t('common.hidden')}</em> : children}</dd>
    </>
  )
}
