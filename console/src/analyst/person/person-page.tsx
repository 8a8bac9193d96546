import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Skeleton } from '../../components/paged-rows.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { DOSSIER } from '../../documents/documents.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import { CasesOfPerson } from './cases-of-person.tsx'
import { Identity } from './identity.tsx'
import { nameOf } from './name-of.ts'
import { Timeline } from './timeline.tsx'
import { useDossier } from './use-dossier.ts'

/** The dossier of a person over all identities. */
export function PersonPage() {
  const { id = '' } = useParams({ strict: false }) as { readonly id?: string }
  return <DossierOf key={id} id={id} />
}

function DossierOf({ id }: { readonly id: string }) {
  const { t } = useTranslation()
  const dossier = useDossier(id)
  const { persons, said, answers, isAsking, errors } = dossier
  useTellLine(answers, isAsking, { document: DOSSIER, variables: { id, first: 50 } })
  const first = persons.get(id)
  if (first === undefined && isAsking) return <Skeleton />
  return (
    <>
      <h1>
        <ShownText text={t('person.title', { name: nameOf(first?.names) ?? id })} />
      </h1>
      {errors.map((error) => (
        <p key={error.message} role="alert" className="notice">
          {t('common.failed', { message: error.message })}
        </p>
      ))}
      {first === null && <p className="empty">{t('person.notFound')}</p>}
      <p className="actions no-print">
        <Link to="/network/$id" params={{ id }}>
          {t('person.network')}
        </Link>
      </p>
      <section aria-labelledby="identities">
        <h2 id="identities">{t('person.identities')}</h2>
        <p>{t('person.identitiesAbout')}</p>
        {[...persons].map(([each, person]) => (
          <Identity key={each} id={each} person={person} said={said} isAsked={each === id} />
        ))}
      </section>
      <CasesOfPerson dossier={dossier} />
      <Timeline dossier={dossier} />
    </>
  )
}
