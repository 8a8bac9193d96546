/**
 * The plan of an operation, as **plain data**: strings, numbers, booleans, arrays, Maps, Sets, plain objects, and syntax trees without
 * locations. `structuredClone` copies all of it, so a worker thread can make a plan and post it to the thread that answers requests.
 * `operation.ts` and `shape.ts` have its types bound to the schemas; {@link Unbound} is what the plan has of them. Types only.
 */
import type {
  ASTNode,
  DocumentNode,
  FragmentDefinitionNode,
  OperationDefinitionNode,
  SelectionNode,
  VariableDefinitionNode,
} from 'graphql'

/** A type as the plan has it: with a field's coordinate in place of its definition, and without the checks that only a schema knows. */
export type Unbound<Type> = unknown extends Type
  ? Type
  : Type extends ReadonlyMap<infer Key, infer Value>
    ? ReadonlyMap<Key, Unbound<Value>>
    : Type extends string | number | boolean | null | undefined | ASTNode | ReadonlySet<unknown>
      ? Type
      : Type extends readonly (infer Item)[]
        ? readonly Unbound<Item>[]
        : { [Member in keyof Type as PlainMember<Type, Member>]: Unbound<Type[Member]> }

type PlainMember<Type, Member extends keyof Type> = Type[Member] extends (...args: never[]) => unknown
  ? never
  : Exclude<Member, 'definition' | 'isId' | 'enumValues'>

/**
 * An operation in the form that the planner needs: its conditions are resolved, aliases that the planner would lose are renamed, and the
 * root fields of its fragments are written out in place.
 */
export interface NormalisedOperation {
  /** The part to plan; null if the operation asks only for `__typename` and introspection. */
  readonly planned: DocumentNode | null
  /** The `__schema` and `__type` fields with what they need; null if there are none. */
  readonly introspection: DocumentNode | null
  readonly operation: OperationDefinitionNode
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly keys: GatewayKeys
}

/** The aliases under which the gateway asks for what it needs itself. No response key of the client begins with `prefix`. */
export interface GatewayKeys {
  readonly prefix: string
  readonly typename: string
  readonly id: string
}

/** What each fetch has. */
export interface FetchBase {
  /** Its place in the planned operation; a fetch depends only on earlier ones. */
  readonly index: number
  readonly domain: string
  readonly dependsOn: readonly number[]
  /** The place of the objects that this fetch adds to: response keys, and `@` for each list level. */
  readonly path: readonly string[]
  readonly variableDefinitions: readonly VariableDefinitionNode[]
}

/** A fetch of a subgraph that no country publishes: one request, as the planner made it. */
export interface PlainFetch extends FetchBase {
  readonly mode: 'PLAIN'
  readonly kind: 'query' | 'mutation'
  readonly query: string
  readonly variableNames: readonly string[]
  readonly requires: readonly RequiredSelection[] | null
  readonly inputRewrites: readonly Rewrite[]
  readonly outputRewrites: readonly Rewrite[]
  /** Values of objects at or above `path` that the gateway sends as variables (`@fromContext`). */
  readonly contextRewrites: readonly Rewrite[]
  /** Types of this subgraph that are interfaces elsewhere. Such a name never replaces a runtime type from another subgraph. */
  readonly interfaceObjects: ReadonlySet<string>
  /** The top selections of `query`. */
  readonly selections: readonly SelectionNode[]
}

/** What a representation is made of. */
export type RequiredSelection =
  | {
      readonly kind: 'field'
      /** The key in the data. */
      readonly key: string
      /** The name in the representation. */
      readonly name: string
      readonly selections: readonly RequiredSelection[] | null
    }
  | {
      readonly kind: 'fragment'
      /** The runtime types that it applies to; null: all. */
      readonly types: ReadonlySet<string> | null
      readonly selections: readonly RequiredSelection[]
    }

/** A rewrite that the planner demands of data sent to a subgraph or received from it. */
export type Rewrite =
  | { readonly kind: 'ValueSetter'; readonly path: readonly RewriteStep[]; readonly value: unknown }
  | { readonly kind: 'KeyRenamer'; readonly path: readonly RewriteStep[]; readonly renameKeyTo: string }

/** A response key, `..` for the object above, or the runtime types that an object must be of. */
export type RewriteStep = string | ReadonlySet<string>
