/** Answers introspection: only what the caller may read (docs/design/access.md, What introspection shows). Another thread executes it. */
import { hash } from 'node:crypto'
import { type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql'
import { LRUCache } from 'lru-cache'
import { rememberByObject } from '../../contract/remember-by-object.ts'
import type { AccessView } from '../authorize/authorizer.ts'
import type { Planner } from '../plan/compile.ts'
import type { EngineAnswer, RequestContext } from '../types/flow.ts'
import type { PreparedOperation } from '../types/operation.ts'
import type { Payer, RunPlanning } from '../types/planning.ts'

/** How much memory the answers to the standard introspection query may take, in bytes. */
const MAX_KEPT_BYTES = 16 * 2 ** 20

/** For how many texts the gateway remembers which form of the standard query they are: tools differ in options and spaces. */
const MAX_STANDARD_TEXTS = 256

/**
 * Answers the introspection part of an operation, as JSON, with descriptions in the request's language.
 * @throws {IstmoError} as {@link RunPlanning}.
 */
export type Introspect = (
  prepared: PreparedOperation,
  variables: Readonly<Record<string, unknown>>,
  view: AccessView,
  context: Payer & Pick<RequestContext, 'language'>,
) => Promise<string>

/**
 * Makes the function that answers introspection. It keeps the answers to the standard query, one for each set of rights and each language,
 * because every tool asks for them. `run` answers everything else each time.
 */
export function createIntrospection({ apiSchema, rules }: Planner, run: RunPlanning): Introspect {
  const hiddenFrom = createHidden(apiSchema, rules)
  const forms = new LRUCache<string, number>({ max: MAX_STANDARD_TEXTS })
  const kept = new LRUCache<string, string>({
    maxSize: MAX_KEPT_BYTES,
    // A string takes one or two bytes a character.
    sizeCalculation: (json, key) => 2 * (json.length + key.length),
  })
  return async (prepared, variables, view, context) => {
    const { language } = context
    const { coordinates, id } = hiddenFrom(view)
    const { operation } = prepared.lifted
    // The text is enough: the standard query has neither variables nor conditions, and one operation.
    const text = hash('sha256', operation.source, 'base64')
    const form = forms.get(text)
    const known = form === undefined ? undefined : kept.get(`${language} ${id} ${form}`)
    if (known !== undefined) return known
    const { answer } = await run(
      { kind: 'introspect', ...operation, hidden: coordinates, language, variables },
      context,
    )
    if (answer.standardForm !== null) {
      forms.set(text, answer.standardForm)
      kept.set(`${language} ${id} ${answer.standardForm}`, answer.json)
    }
    return answer.json
  }
}

/** An answer whose data is JSON, which is parsed only if somebody reads it. An object with a getter would have a form of its own, and live longer. */
export class JsonAnswer implements EngineAnswer {
  readonly json: string

  constructor(json: string) {
    this.json = json
  }

  get data(): unknown {
    return JSON.parse(this.json)
  }

  toJSON(): EngineAnswer {
    return { data: this.data }
  }
}

/** What a caller does not see: coordinates, and a hash of them. */
interface Hidden {
  readonly coordinates: readonly string[]
  readonly id: string
}

function createHidden(apiSchema: GraphQLSchema, rules: Planner['rules']): (view: AccessView) => Hidden {
  const fields = listFields(apiSchema)
  const revealing = listRevealingCoordinates(apiSchema).flatMap((coordinate) => {
    const reveals = rules.revealedBy(coordinate)
    return reveals.length > 0 ? [{ coordinate, reveals }] : []
  })
  return rememberByObject((view) => {
    const hidden = new Set(
      fields.filter(([typeName, fieldName]) => !view.isVisible(typeName, fieldName)).map((field) => field.join('.')),
    )
    for (const { coordinate, reveals } of revealing)
      if (reveals.some((field) => hidden.has(field))) hidden.add(coordinate)
    const coordinates = [...hidden]
    return { coordinates, id: hash('sha256', coordinates.join(' '), 'base64') }
  })
}

function listFields(schema: GraphQLSchema): readonly [string, string][] {
  return Object.values(schema.getTypeMap()).flatMap((type): [string, string][] => {
    if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) return []
    return Object.keys(type.getFields()).map((fieldName) => [type.name, fieldName])
  })
}

/** Lists the coordinates of each argument, input field and enum value: these can reveal the value of a field. */
function listRevealingCoordinates(schema: GraphQLSchema): readonly string[] {
  return Object.values(schema.getTypeMap()).flatMap((type): string[] => {
    if (isEnumType(type)) return type.getValues().map(({ name }) => `${type.name}.${name}`)
    if (isInputObjectType(type)) return Object.keys(type.getFields()).map((name) => `${type.name}.${name}`)
    if (!isObjectType(type) && !isInterfaceType(type)) return []
    return Object.values(type.getFields()).flatMap((field) =>
      field.args.map((argument) => `${type.name}.${field.name}(${argument.name}:)`),
    )
  })
}
