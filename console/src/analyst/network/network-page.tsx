import { Button } from '@mantine/core'
import { useQueries } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed } from '../../components/failed.tsx'
import { Skeleton } from '../../components/paged-rows.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { PERSON_NETWORK } from '../../documents/documents.ts'
import { nameQuestion, useAskedPurpose, useWorld } from '../../session/use-session.ts'
import { CountriesLine } from '../../shell/countries-line.tsx'
import { useFormats } from '../../shell/formats.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import { buildNetwork, findPath, type Network } from './network-graph.ts'
import { NetworkTable } from './network-table.tsx'
import { PathSearch, type Seeking } from './path-search.tsx'
import { listNextToRead } from './seek-path.ts'

const NetworkPicture = lazy(async () => ({ default: (await import('./network-picture.tsx')).NetworkPicture }))

/** How much of each person's cases, and of each case's persons, one question reads. */
const READ = { cases: 25, participants: 25 }

/** The most persons that are expanded. Each is a question of its own. */
const MOST_EXPANDED = 60

/** The network around a person: two hops at first, and as far as the officer expands it. */
export function NetworkPage() {
  const { id = '' } = useParams({ strict: false }) as { readonly id?: string }
  return <NetworkOf key={id} id={id} />
}

function NetworkOf({ id }: { readonly id: string }) {
  const { t } = useTranslation()
  const { number } = useFormats()
  const [expanded, setExpanded] = useState<readonly string[]>([id])
  const { network, answers, isAsking, errors } = useNetwork(expanded)
  useTellLine(answers, isAsking, { document: PERSON_NETWORK, variables: { id, ...READ } })
  const expand = (more: readonly string[]): void =>
    setExpanded([...new Set([...expanded, ...more])].slice(0, MOST_EXPANDED))
  const [to, setTo] = useState<string | null>(null)
  const seeking = useSeeking({ network, expanded, isAsking, from: id, to, expand })
  const persons = [...network.nodes.values()].filter(({ kind }) => kind === 'person')
  const unread = persons.map((person) => person.id).filter((each) => !expanded.includes(each))
  const nameOfNode = (node: string): string => network.nodes.get(node)?.name ?? node
  return (
    <>
      <h1>
        <ShownText text={t('network.title', { name: nameOfNode(id) })} />
      </h1>
      <p>{t('network.about')}</p>
      <CountriesLine />
      {errors.map((error) => (
        <Failed key={error.message} error={error} />
      ))}
      <div className="actions">
        <span role="status">
          {t('network.nodes', { count: network.nodes.size, shown: number(network.nodes.size) })}
        </span>
        <Button disabled={isAsking || unread.length === 0} onClick={() => expand(unread)}>
          {t('network.expandAll')}
        </Button>
      </div>
      {network.nodes.size > 0 ? (
        <>
          <Suspense fallback={<Skeleton />}>
            <NetworkPicture network={network} start={id} onExpand={(node) => expand([node])} />
          </Suspense>
          <PathSearch network={network} start={id} seeking={seeking} onSeek={setTo} />
          <NetworkTable network={network} expanded={expanded} onExpand={(node) => expand([node])} />
        </>
      ) : (
        isAsking && <Skeleton />
      )}
    </>
  )
}

interface SeekParts {
  readonly network: Network
  readonly expanded: readonly string[]
  readonly isAsking: boolean
  readonly from: string
  readonly to: string | null
  readonly expand: (more: readonly string[]) => void
}

/** Reads further persons until there is a path between two, nobody is left to read, or enough were read. */
function useSeeking({ network, expanded, isAsking, from, to, expand }: SeekParts): Seeking | null {
  const isFound = to !== null && findPath(network, from, to) !== null
  const mayGoOn = to !== null && !isFound && !isAsking
  const next = mayGoOn ? listNextToRead(network, [from, to], new Set(expanded)) : []
  const isFull = expanded.length >= MOST_EXPANDED
  const key = isFull ? '' : next.join(' ')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the list, which is a new one at each rendering
  useEffect(() => {
    if (key !== '') expand(next)
  }, [key])
  if (to === null) return null
  if (isFound) return { to, state: 'found' }
  if (isAsking || key !== '') return { to, state: 'reading' }
  return { to, state: next.length > 0 ? 'limit' : 'none' }
}

function useNetwork(expanded: readonly string[]): {
  readonly network: Network
  readonly answers: readonly Parameters<typeof useTellLine>[0][number][]
  readonly isAsking: boolean
  readonly errors: readonly Error[]
} {
  const { session } = useWorld()
  const purpose = useAskedPurpose(expanded[0])
  const asked = useQueries({
    queries: expanded.map((id) => ({
      queryKey: nameQuestion(purpose, PERSON_NETWORK, { id }),
      queryFn: () => session.ask(PERSON_NETWORK, { id, ...READ }),
    })),
  })
  return {
    network: buildNetwork(asked.map(({ data }) => data?.data ?? null)),
    answers: asked.map(({ data }) => data),
    isAsking: asked.some(({ isFetching }) => isFetching),
    errors: asked.flatMap(({ error }) => error ?? []),
  }
}
