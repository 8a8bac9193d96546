import '../../styles/network.css'
import { Button } from '@mantine/core'
import { useQueries } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { Core } from 'cytoscape'
import { lazy, Suspense, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isRecordId } from '../../../../contract/record-id.ts'
import { Failed } from '../../components/failed.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { Skeleton } from '../../components/paged-rows.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { PERSON_NETWORK, SEARCH_PERSONS } from '../../documents/documents.ts'
import { ExportButtons } from '../../export/export-buttons.tsx'
import { Icon } from '../../look/icon.tsx'
import type { SessionAnswer } from '../../session/session.ts'
import { nameQuestion, useAskedPurpose, useWorld } from '../../session/use-session.ts'
import { CountriesLine } from '../../shell/countries-line.tsx'
import { useFormats } from '../../shell/formats.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import { useFileWords, wordHandlingOf } from '../file-words.ts'
import { ChosenPanel } from './chosen-panel.tsx'
import { buildNetwork, findPath, type Network, type NetworkEdge, type NetworkNode } from './network-graph.ts'
import type { PictureMarks } from './network-picture.tsx'
import { NetworkTable, useRelationWords } from './network-table.tsx'
import { Legend, PictureTools } from './network-tools.tsx'
import { PathSearch, type Seeking } from './path-search.tsx'
import { countHops } from './place-by-hops.ts'
import { listNextToRead } from './seek-path.ts'
import { writeGraphMl, writePng, writeSvg } from './write-network.ts'

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

const NO_MARKS: PictureMarks = { hidden: new Set(), pinned: new Set(), found: new Set() }

function NetworkOf({ id }: { readonly id: string }) {
  const [expanded, setExpanded] = useState<readonly string[]>([id])
  const { network, answers, isAsking, errors } = useNetwork(id, expanded)
  useTellLine(answers, isAsking, { document: PERSON_NETWORK, variables: { id, ...READ } })
  const expand = (more: readonly string[]): void =>
    setExpanded([...new Set([...expanded, ...more])].slice(0, MOST_EXPANDED))
  const [to, setTo] = useState<string | null>(null)
  const seeking = useSeeking({ network, expanded, isAsking, from: id, to, expand })
  const persons = [...network.nodes.values()].filter(({ kind }) => kind === 'person')
  const unread = persons.map((person) => person.id).filter((each) => !expanded.includes(each))
  return (
    <NetworkDesk
      {...{ id, network, answers, errors, isAsking, expanded, expand, seeking, unread }}
      isFull={expanded.length >= MOST_EXPANDED}
      onSeekPath={setTo}
    />
  )
}

interface DeskParts {
  readonly id: string
  readonly network: Network
  readonly answers: readonly (SessionAnswer<unknown> | undefined)[]
  readonly errors: readonly Error[]
  readonly isAsking: boolean
  readonly expanded: readonly string[]
  readonly unread: readonly string[]
  readonly isFull: boolean
  readonly seeking: Seeking | null
  readonly expand: (more: readonly string[]) => void
  readonly onSeekPath: (to: string) => void
}

/** The page: the picture fills it, and what one does with it floats over it. */
function NetworkDesk(desk: DeskParts) {
  const { id, network, answers, errors, isAsking, unread, isFull, expand } = desk
  const { t } = useTranslation()
  const [picture, setPicture] = useState<Core | null>(null)
  const isEmpty = network.nodes.size === 0
  return (
    <div className="network">
      <PageHead
        title={<ShownText text={t('network.title', { name: network.nodes.get(id)?.name ?? id })} />}
        note={<NetworkNote {...desk} />}
        actions={
          <>
            <Button
              leftSection={<Icon name="plus" />}
              disabled={isAsking || isFull || unread.length === 0}
              onClick={() => expand(unread)}
            >
              {t('network.expandAll')}
            </Button>
            {!isEmpty && (
              <NetworkExport
                network={network}
                picture={picture}
                answers={answers.filter((answer) => answer !== undefined)}
              />
            )}
          </>
        }
      />
      <CountriesLine />
      {errors.map((error) => (
        <Failed key={error.message} error={error} />
      ))}
      {isEmpty ? isAsking && <Skeleton /> : <Canvas {...desk} picture={picture} onDrawn={setPicture} />}
    </div>
  )
}

/** How large the network is, how far it reaches, and what reading it costs. */
function NetworkNote({ id, network, isAsking, expanded, unread, isFull }: DeskParts) {
  const { t } = useTranslation()
  const { number } = useFormats()
  const { size } = network.nodes
  const steps = Math.max(0, ...countHops(network, id).values())
  return (
    <>
      <span role="status">{t('network.nodes', { count: size, shown: number(size) })}</span>
      {` · ${t('network.steps', { count: steps })} · ${t('network.read', { count: expanded.length, most: MOST_EXPANDED })}`}
      {!isAsking && isFull && ` · ${t('network.full', { count: MOST_EXPANDED })}`}
      {!isAsking && unread.length === 0 && ` · ${t('network.whole')}`}
    </>
  )
}

/** The picture with what floats over it: tools, legend, the same as a table, and the panel of what was chosen. */
function Canvas({
  id,
  network,
  expanded,
  expand,
  seeking,
  onSeekPath,
  picture,
  onDrawn,
}: DeskParts & { readonly picture: Core | null; readonly onDrawn: (picture: Core | null) => void }) {
  const { t } = useTranslation()
  const [given, setMarks] = useState(NO_MARKS)
  const [sought, setSought] = useState('')
  const [chosen, setChosen] = useState<string | null>(() => (matchMedia('(min-width: 900px)').matches ? id : null))
  const marks = useMemo(
    () => ({ ...given, chosen, found: findByText(network, sought) }),
    [given, network, sought, chosen],
  )
  const onExpand = (node: string): void => expand([node])
  return (
    <section className="canvas" aria-label={t('network.picture')}>
      <Suspense fallback={<Skeleton />}>
        <NetworkPicture {...{ network, marks, onDrawn }} start={id} onChoose={setChosen} />
      </Suspense>
      <div className="floats no-print">
        <PictureTools {...{ picture, marks, sought }} onSeek={setSought} onMarks={setMarks} />
        <NetworkTable {...{ network, expanded, onExpand }} />
        <details>
          <summary>{t('network.pathTo')}</summary>
          <div className="panel">
            <PathSearch network={network} start={id} seeking={seeking} onSeek={onSeekPath} />
          </div>
        </details>
      </div>
      <Legend network={network} />
      {chosen !== null && (
        <ChosenPanel
          {...{ chosen, network, marks, onExpand }}
          mayExpand={(node) => !expanded.includes(node) && expanded.length < MOST_EXPANDED}
          left={MOST_EXPANDED - expanded.length}
          onMarks={setMarks}
          onChoose={setChosen}
        />
      )}
    </section>
  )
}

/** Finds the nodes whose name or id has a text. */
function findByText({ nodes }: Network, text: string): ReadonlySet<string> {
  const plain = (each: string): string => each.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  const words = plain(text.trim())
  if (words === '') return new Set()
  const found = [...nodes.values()].filter(({ id, name }) => plain(`${name ?? ''} ${id}`).includes(words))
  return new Set(found.map(({ id }) => id))
}

function NetworkExport({
  network,
  picture,
  answers,
}: {
  readonly network: Network
  readonly picture: Core | null
  readonly answers: readonly SessionAnswer<unknown>[]
}) {
  const { t } = useTranslation()
  const words = useFileWords()
  const wordRelation = useRelationWords()
  const wordHandling = ({ kind, provenance }: NetworkNode): string =>
    kind === 'number' ? '' : wordHandlingOf(words, provenance)
  const handlingOf = (id: string): string => {
    const node = network.nodes.get(id)
    return node === undefined ? '' : wordHandling(node)
  }
  const nameOfNode = (id: string): string => network.nodes.get(id)?.name ?? id
  const end = (title: string, read: (edge: NetworkEdge) => string) => [
    { title, value: read },
    { title: `${title}: ${t('common.name')}`, value: (edge: NetworkEdge) => nameOfNode(read(edge)) },
    { title: `${title}: ${t('common.handling')}`, value: (edge: NetworkEdge) => handlingOf(read(edge)) },
  ]
  return (
    <ExportButtons
      name={t('network.table')}
      answers={answers}
      isComplete={network.cut.size === 0}
      columns={[
        ...end(t('network.from'), ({ from }) => from),
        { title: t('network.relation'), value: ({ relation }: NetworkEdge) => wordRelation(relation) },
        ...end(t('network.to'), ({ to }) => to),
      ]}
      rows={network.edges}
      provenances={[...network.nodes.values()].filter(({ kind }) => kind !== 'number').map((each) => each.provenance)}
      others={{
        graphml: (frame) => writeGraphMl(network, frame, { wordRelation, wordHandling }),
        ...(picture !== null && {
          svg: (frame) => writeSvg(picture, frame),
          png: (frame) => writePng(picture, frame),
        }),
      }}
    />
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

function useNetwork(
  start: string,
  expanded: readonly string[],
): {
  readonly network: Network
  readonly answers: readonly (SessionAnswer<unknown> | undefined)[]
  readonly isAsking: boolean
  readonly errors: readonly Error[]
} {
  const { session } = useWorld()
  const purpose = useAskedPurpose(start)
  const asked = useQueries({
    queries: expanded.filter(isRecordId).map((id) => ({
      queryKey: nameQuestion(purpose, PERSON_NETWORK, { id }),
      queryFn: () => session.ask(PERSON_NETWORK, { id, ...READ }),
    })),
  })
  const answers = asked.map(({ data }) => data)
  const { numbers } = buildNetwork(answers.map((answer) => answer?.data ?? null))
  const sought = expanded.flatMap((id) => numbers.get(id) ?? [])
  const byNumber = useQueries({
    queries: sought.map(({ category, jurisdiction, value }) => {
      const search = { identifier: { category, jurisdiction, value } }
      const variables = { search, first: READ.participants, after: null, countries: null }
      return {
        queryKey: nameQuestion(purpose, SEARCH_PERSONS, variables),
        queryFn: () => session.ask(SEARCH_PERSONS, variables),
      }
    }),
  })
  const all = [...asked, ...byNumber]
  const found = sought.map((number, at) => ({
    number,
    persons: (byNumber[at]?.data?.data?.persons?.edges ?? []).map(({ node }) => node),
  }))
  const key = JSON.stringify(all.map(({ dataUpdatedAt }) => dataUpdatedAt))
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the answers, which are new lists at each rendering
  const network = useMemo(
    () =>
      buildNetwork(
        answers.map((answer) => answer?.data ?? null),
        found,
      ),
    [key],
  )
  return {
    network,
    answers: [...answers, ...byNumber.map(({ data }) => data)],
    isAsking: all.some(({ isFetching }) => isFetching),
    errors: all.flatMap(({ error }) => error ?? []),
  }
}
