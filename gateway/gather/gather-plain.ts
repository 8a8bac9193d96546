/**
 * Puts the answer of a subgraph that no country publishes into the answer so far. This is plain Federation: one request per fetch.
 */

import { type FieldNode, Kind, type SelectionNode } from 'graphql'
import type { ErrorCode } from '../../contract/errors.ts'
import { isObject } from '../../contract/json-value.ts'
import { MAX_ERRORS } from '../../contract/max-errors.ts'
import type { AnswerError, LegAnswer, SubgraphError } from '../types/flow.ts'
import type { Entity } from '../types/leg.ts'
import type { PlainFetch, Rewrite, RewriteStep } from '../types/plan.ts'
import { copyJson } from './copy-json.ts'

/**
 * Merges the answer into the tree, or into the objects of the entities.
 * @param entities the entities that the request asked about, in the order of its representations; null in a root fetch.
 * @returns one error for each of the subgraph's errors, or for each place that has no value because the request failed.
 */
export function gatherPlain(
  fetch: PlainFetch,
  entities: readonly Entity[] | null,
  answer: LegAnswer,
  tree: Record<string, unknown>,
): readonly AnswerError[] {
  if (answer.kind === 'failed') return listFailures(fetch, entities, answer.outcome.reach as ErrorCode)
  const data = isObject(answer.data) ? answer.data : {}
  const list = Object.hasOwn(data, '_entities') ? data._entities : undefined
  // The planner's rewrite paths begin at each entity, not at the root of the answer.
  for (const rewrite of fetch.outputRewrites) applyRewrite(entities === null ? data : list, rewrite, rewrite.path)
  const answerErrors = listAnswerErrors(fetch, entities, answer.errors)
  if (entities === null) {
    mergeInto(tree, data, fetch.interfaceObjects)
    return answerErrors
  }
  if (!Array.isArray(list) || list.length !== entities.length) {
    return answerErrors.length > 0 ? answerErrors : listFailures(fetch, entities, 'BAD_ANSWER')
  }
  for (let i = 0; i < entities.length; i++) {
    if (isObject(list[i])) mergeIntoEach(entities[i]?.objects ?? [], list[i], fetch.interfaceObjects)
  }
  return answerErrors
}

/** Applies a planner's rewrite to data, in place. */
export function applyRewrite(target: unknown, rewrite: Rewrite, path: readonly RewriteStep[]): void {
  if (Array.isArray(target)) {
    for (const item of target) applyRewrite(item, rewrite, path)
    return
  }
  const [step, ...rest] = path
  if (!isObject(target) || step === undefined) return
  if (typeof step !== 'string') {
    const typename = Object.hasOwn(target, '__typename') ? target.__typename : undefined
    if (typeof typename !== 'string' || step.has(typename)) applyRewrite(target, rewrite, rest)
    return
  }
  if (rest.length > 0) {
    if (Object.hasOwn(target, step)) applyRewrite(target[step], rewrite, rest)
  } else if (rewrite.kind === 'ValueSetter') target[step] = rewrite.value
  else if (Object.hasOwn(target, step)) {
    target[rewrite.renameKeyTo] = target[step]
    delete target[step]
  }
}

/** Makes one error for each place in the answer where an error of the subgraph belongs; one more than an answer reports, if there are more. */
function listAnswerErrors(
  fetch: PlainFetch,
  entities: readonly Entity[] | null,
  errors: readonly SubgraphError[],
): readonly AnswerError[] {
  const places = new Map<string, AnswerError['path']>()
  for (const { path: raw } of errors) {
    for (const path of listErrorPlaces(requestedSteps(raw, fetch), entities)) places.set(JSON.stringify(path), path)
    if (places.size > MAX_ERRORS) break
  }
  return [...places.values()].map((path) => ({ code: 'SUBGRAPH_ERROR', country: null, coordinate: null, path }))
}

function listErrorPlaces(steps: readonly (string | number)[], entities: readonly Entity[] | null) {
  if (entities === null) return [steps[0] === '_entities' ? steps.slice(2) : steps]
  const entity = steps[0] === '_entities' ? entities[Number(steps[1])] : undefined
  if (entity) return entity.paths.map((path) => [...path, ...steps.slice(2)])
  // An error that names no entity concerns each of them.
  return entities.flatMap(({ paths }) => paths)
}

/** Returns an error's path as far as it names what the fetch asked for. The rest of the path is foreign text. */
function requestedSteps(raw: unknown, fetch: PlainFetch): (string | number)[] {
  const steps: (string | number)[] = []
  let nodes: readonly SelectionNode[] = fetch.selections
  for (const step of Array.isArray(raw) ? (raw as unknown[]) : []) {
    if (typeof step === 'number' && Number.isSafeInteger(step) && step >= 0 && steps.length > 0) {
      steps.push(step)
      continue
    }
    const requested = fieldsIn(nodes).filter((node) => (node.alias ?? node.name).value === step)
    if (typeof step !== 'string' || requested.length === 0) break
    const rename = fetch.outputRewrites.find(({ kind, path }) => kind === 'KeyRenamer' && path.at(-1) === step)
    steps.push(rename?.kind === 'KeyRenamer' ? rename.renameKeyTo : step)
    nodes = requested.flatMap((node) => node.selectionSet?.selections ?? [])
  }
  return steps
}

function fieldsIn(nodes: readonly SelectionNode[]): readonly FieldNode[] {
  return nodes.flatMap((node) => {
    if (node.kind === Kind.FIELD) return [node]
    return node.kind === Kind.INLINE_FRAGMENT ? fieldsIn(node.selectionSet.selections) : []
  })
}

/** Makes one error for each entity, or for each top field of a root fetch. */
function listFailures(fetch: PlainFetch, entities: readonly Entity[] | null, code: ErrorCode): AnswerError[] {
  const paths = entities === null ? listTopPaths(fetch) : entities.flatMap((entity) => entity.paths)
  return paths.map((path) => ({ code, country: null, coordinate: null, path }))
}

/** Lists the place of each top field. The planner writes the root fields of fragments out in place. */
function listTopPaths(fetch: PlainFetch): string[][] {
  return fetch.selections.flatMap((node) => (node.kind === Kind.FIELD ? [[(node.alias ?? node.name).value]] : []))
}

/** Merges the data of an entity into each of its objects. Only the first takes the data itself: later fetches add to an object at one place only. */
function mergeIntoEach(
  objects: readonly Record<string, unknown>[],
  source: Readonly<Record<string, unknown>>,
  interfaceObjects: ReadonlySet<string>,
): void {
  const [first, ...others] = objects
  // The copies are made first, because merging changes the data.
  for (const object of others) mergeInto(object, copyJson(source) as Record<string, unknown>, interfaceObjects)
  if (first) mergeInto(first, source, interfaceObjects)
}

/**
 * Merges response data: objects key by key, lists of equal length item by item. Any other value replaces the earlier one. A null
 * replaces nothing, and the name of an interface object never replaces the runtime type that another subgraph answered. The target takes
 * what it gets without a copy: nobody else may hold the source.
 */
function mergeInto(
  target: Record<string, unknown>,
  source: Readonly<Record<string, unknown>>,
  interfaceObjects: ReadonlySet<string>,
): void {
  for (const key of Object.keys(source)) {
    if (key === '__proto__') continue
    const value = source[key]
    const earlier = Object.hasOwn(target, key) ? target[key] : undefined
    if (earlier === undefined) {
      target[key] = value
      continue
    }
    const isTypeName = key === '__typename' && typeof earlier === 'string' && typeof value === 'string'
    if (isTypeName && interfaceObjects.has(value)) continue
    target[key] = mergeValue(earlier, value, interfaceObjects)
  }
}

function mergeValue(target: unknown, source: unknown, interfaceObjects: ReadonlySet<string>): unknown {
  if (source === null) return target
  if (typeof source !== 'object' || typeof target !== 'object' || target === null) return source
  if (!Array.isArray(source)) {
    if (Array.isArray(target)) return source
    mergeInto(target as Record<string, unknown>, source as Record<string, unknown>, interfaceObjects)
    return target
  }
  if (!Array.isArray(target) || target.length !== source.length) return source
  return source.map((item, i) => mergeValue(target[i], item, interfaceObjects))
}
