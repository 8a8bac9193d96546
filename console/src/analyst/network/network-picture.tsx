import cytoscape, { type Core, type Css, type NodeSingular, type StylesheetStyle } from 'cytoscape'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { cleanText } from '../../components/clean-text.ts'
import { mixesScripts } from '../../components/mixed-scripts.ts'
import { chooseLabels, LABEL_GAP_PX, LABEL_PX, LABEL_SIDES, type LabelSide } from './choose-labels.ts'
import type { Network, NetworkNode } from './network-graph.ts'
import { placeByHops } from './place-by-hops.ts'
import { colorOf } from './write-network.ts'

/** The longest name that a node shows, in characters. */
const LABEL_LENGTH = 28

/** The most nodes that forces place. Their simulation takes a second for so many, and minutes for thousands. */
const MOST_SIMULATED = 300

/** How the forces of a simulation place nodes: with room for names. */
const FORCES = {
  nodeDimensionsIncludeLabels: true,
  idealEdgeLength: () => 70,
  nodeRepulsion: () => 12_000,
} as const

/** How much wider than the simulation made it a picture becomes at most. */
const MOST_STRETCHED = 1.8

/** How long after the last change of the scale the names are chosen again, in milliseconds. */
const RELABEL_MS = 120

/** The id of the style element that cytoscape adds to a page, unless something has it. The page's policy would refuse the element, and our own style sheet has its one rule. */
const STYLE_ID = '__________cytoscape_stylesheet'

/** The network as a picture. A node that was placed stays where it is when the network grows. */
export function NetworkPicture({
  network,
  start,
  marks,
  onChoose,
  onDrawn,
}: {
  readonly network: Network
  readonly start: string
  readonly marks: PictureMarks
  readonly onChoose: (id: string) => void
  /** Is told the picture once it is there, and null when it is gone. */
  readonly onDrawn: (picture: Core | null) => void
}) {
  const { t } = useTranslation()
  const place = useRef<HTMLDivElement>(null)
  const picture = useRef<Core | null>(null)
  const tell = useRef({ onChoose, onDrawn })
  tell.current = { onChoose, onDrawn }
  useEffect(() => {
    markStyle()
    const core = cytoscape({
      container: place.current,
      style: stylesOf(),
      // Five thousand nodes fit into the frame.
      minZoom: 0.04,
      maxZoom: 4,
      // Thousands of nodes are moved as one picture.
      textureOnViewport: true,
      hideEdgesOnViewport: false,
      // Sharp letters on a fine screen; more than twice as fine would only be slow.
      pixelRatio: Math.min(devicePixelRatio, 2),
    })
    const cancel = relabelOnZoom(core)
    core.on('tap', 'node', ({ target }) => tell.current.onChoose(target.id()))
    picture.current = core
    tell.current.onDrawn(core)
    return () => {
      cancel()
      core.destroy()
      picture.current = null
      tell.current.onDrawn(null)
    }
  }, [])
  useEffect(() => {
    if (picture.current === null) return
    grow(picture.current, network, start)
    mark(picture.current, marks)
    relabel(picture.current)
  }, [network, start, marks])
  return (
    <div
      ref={place}
      className="graph"
      role="img"
      aria-label={`${t('network.nodes', { count: network.nodes.size, shown: network.nodes.size })}. ${t('network.table')}`}
    />
  )
}

/** What the officer has done to nodes of the picture, by their ids. */
export interface PictureMarks {
  readonly hidden: ReadonlySet<string>
  readonly pinned: ReadonlySet<string>
  /** Those that a search in the picture has found. */
  readonly found: ReadonlySet<string>
}

function mark(core: Core, { hidden, pinned, found }: PictureMarks): void {
  core.batch(() => {
    core.nodes().forEach((node: NodeSingular) => {
      const id = node.id()
      node.style('display', hidden.has(id) ? 'none' : 'element')
      node.toggleClass('found', found.has(id)).toggleClass('pinned', pinned.has(id))
      if (pinned.has(id)) node.lock()
      else node.unlock()
    })
  })
}

function markStyle(): void {
  if (document.getElementById(STYLE_ID) !== null) return
  const mark = document.createElement('meta')
  mark.id = STYLE_ID
  document.head.append(mark)
}

/** Chooses the names again when the scale has changed. Returns what ends this. */
function relabelOnZoom(core: Core): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  core.on('zoom', () => {
    clearTimeout(timer)
    timer = setTimeout(() => relabel(core), RELABEL_MS)
  })
  core.on('dragfree', 'node', () => relabel(core))
  return () => clearTimeout(timer)
}

/** Shows the names that there is room for, in letters of the same size at each scale. */
function relabel(core: Core): void {
  const zoom = core.zoom()
  const nodes = core.nodes().map((node) => {
    const { x, y } = node.position()
    const { label, isStart } = node.data()
    const weight = isStart === 1 ? Number.POSITIVE_INFINITY : node.degree(false)
    return { id: node.id(), x, y, radius: node.height() / 2, length: String(label).length, weight }
  })
  const chosen = chooseLabels(nodes, zoom)
  core.batch(() => {
    core.nodes().forEach((node: NodeSingular) => {
      if (chosen.has(node.id())) node.addClass('named')
      else node.removeClass('named')
    })
    for (const side of LABEL_SIDES) {
      core
        .nodes('.named')
        .filter((node) => chosen.get(node.id()) === side)
        .style(styleOfSide(side, zoom))
    }
  })
}

/** Puts a name on a side of its node, as large and as far away as on the page. */
function styleOfSide(side: LabelSide, zoom: number): Css.Node {
  const gap = LABEL_GAP_PX / zoom
  const size = { 'font-size': LABEL_PX / zoom, 'text-margin-x': 0, 'text-margin-y': 0 }
  if (side === 'bottom') return { ...size, 'text-halign': 'center', 'text-valign': side, 'text-margin-y': gap }
  if (side === 'top') return { ...size, 'text-halign': 'center', 'text-valign': side, 'text-margin-y': -gap }
  return { ...size, 'text-halign': side, 'text-valign': 'center', 'text-margin-x': side === 'right' ? gap : -gap }
}

/** Adds what is new, and lays it out around what is there. */
function grow(core: Core, network: Network, start: string): void {
  const { nodes, edges } = network
  const added = [...nodes.values()].filter(({ id }) => core.getElementById(id).empty())
  const known = core.nodes()
  core.batch(() => {
    core.add(
      added.map((node) => ({
        group: 'nodes' as const,
        data: {
          id: node.id,
          kind: node.kind,
          label: labelOf(node),
          color: colorOf(node),
          isStart: node.id === start ? 1 : 0,
        },
      })),
    )
    for (const { from, to, relation } of edges) {
      const id = `${from} ${to} ${relation}`
      if (core.getElementById(id).empty()) {
        core.add({ group: 'edges', data: { id, source: from, target: to, relation } })
      }
    }
  })
  if (added.length === 0) return
  if (nodes.size > MOST_SIMULATED) {
    const box = known.boundingBox()
    const emptyRadius = known.empty() ? 0 : Math.hypot(Math.max(-box.x1, box.x2), Math.max(-box.y1, box.y2))
    const places = placeByHops(network, start, { added: added.map(({ id }) => id), emptyRadius })
    core.batch(() => {
      for (const [id, { x, y }] of places) core.getElementById(id).position({ x, y })
    })
    if (known.empty()) core.fit(undefined, 20)
    return
  }
  known.lock()
  // Room for all names. Which of them are shown depends on the scale that comes of it.
  core.nodes().addClass('named').style(styleOfSide('bottom', 1))
  const isFirst = known.empty()
  core.layout({ name: 'cose', animate: false, randomize: isFirst, fit: false, ...FORCES }).run()
  known.unlock()
  if (isFirst) fitToFrame(core)
}

/** Stretches a new picture to the form of its frame, which is wider than high: names are wide. */
function fitToFrame(core: Core): void {
  const { w, h } = core.nodes().boundingBox()
  const stretch = Math.min(MOST_STRETCHED, Math.max(1, (core.width() * h) / (core.height() * w || 1)))
  core.nodes().positions((node) => ({ x: node.position('x') * stretch, y: node.position('y') }))
  core.fit(undefined, 30)
  if (core.zoom() > 1.5) core.zoom(1.5).center()
}

/** The name of a node. That of a person begins with the country, because two countries may know somebody by one name. */
function labelOf({ id, kind, name }: NetworkNode): string {
  const clean = cleanText(kind === 'person' && name !== null ? `${id.slice(0, 2)} ${name}` : (name ?? id))
  const short = clean.length > LABEL_LENGTH ? `${clean.slice(0, LABEL_LENGTH - 1)}…` : clean
  return mixesScripts(clean) ? `${short} ⚠` : short
}

/** The look of the nodes, in the colors of the page. Kinds differ in shape and not only in color. */
function stylesOf(): StylesheetStyle[] {
  const color = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  const paper = { 'text-background-color': color('--surface'), 'text-background-opacity': 0.85 }
  return [
    { selector: 'node', style: { width: 22, height: 22, 'background-color': 'data(color)' } },
    { selector: '.named', style: { label: 'data(label)', color: color('--ink'), 'z-index': 1, ...paper } },
    { selector: 'node[kind = "case"]', style: { shape: 'rectangle' } },
    { selector: 'node[kind = "number"]', style: { shape: 'diamond' } },
    { selector: '.pinned', style: { 'border-width': 3, 'border-color': color('--ink') } },
    { selector: '.found', style: { 'border-width': 5, 'border-color': color('--red') } },
    {
      selector: 'node[isStart = 1]',
      style: { width: 34, height: 34, 'border-width': 4, 'border-color': color('--accent') },
    },
    { selector: 'edge', style: { width: 1.5, 'line-color': color('--ink-2'), 'curve-style': 'haystack' } },
    { selector: 'edge[relation = "SAME"]', style: { 'line-style': 'dashed', 'line-color': color('--accent') } },
  ]
}
