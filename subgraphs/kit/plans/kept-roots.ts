import { defaultFieldResolver, type GraphQLSchema } from 'graphql'
import type { NodeContext } from '../types.ts'

/** The values of root fields that a plan has resolved before it came to something unusual, so that graphql-js resolves no root field again. */

/** What a root field's resolver gave, or what it threw. */
export type KeptRoot = { readonly value: unknown } | { readonly thrown: unknown }

const keptOf = new WeakMap<NodeContext, ReadonlyMap<string, KeptRoot>>()

/** Makes each root field of the schema answer with the value that is kept for its leg, if there is one. Changes the schema in place. */
export function answerFromKeptRoots(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const resolve = field.resolve ?? defaultFieldResolver
    field.resolve = (parent, args, context: NodeContext, info) => {
      const kept = keptOf.get(context)?.get(String(info.path.key))
      if (kept === undefined) return resolve(parent, args, context, info)
      if ('thrown' in kept) throw kept.thrown
      return kept.value
    }
  }
}

/** Keeps the values of a leg's root fields, by their names in the answer, for the execution that follows. */
export function keepRoots(context: NodeContext, roots: ReadonlyMap<string, KeptRoot>): void {
  keptOf.set(context, roots)
}
