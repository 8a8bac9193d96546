/** The response keys under which the gateway asks for what it needs itself, and the way back to the client's keys. */
import { type DocumentNode, visit } from 'graphql'
import type { GatewayKeys } from '../../types/plan.ts'

/** Chooses the gateway keys for a document, with a prefix with which no name in it begins. */
export function chooseGatewayKeys(document: DocumentNode): GatewayKeys {
  const names = new Set<string>()
  visit(document, {
    Name(node) {
      names.add(node.value)
    },
  })
  let prefix = '_i'
  for (let n = 1; [...names].some((name) => name.startsWith(prefix)); n++) prefix = `_i${n}_`
  return { prefix, typename: `${prefix}T`, id: `${prefix}Id` }
}

/** Returns the key that replaces a client's alias in the plan, if the planner or an object would take the alias for something else. */
export function renamedKey(key: string, keys: GatewayKeys): string {
  return `${keys.prefix}A_${key}`
}

/** Returns the key under which the gateway asks for a field that another requires. An error there is reported under `name`. */
export function requiredKey(name: string, number: number, keys: GatewayKeys): string {
  return `${keys.prefix}R${number}_${name}`
}

/** Returns the key of the `__typename` that fills a selection whose fields are all left out. */
export function placeholderKey(keys: GatewayKeys): string {
  return `${keys.prefix}Z`
}

/** Returns the key in the client's answer for a key in the data: a renamed alias as the client wrote it, null for a gateway key. */
export function outKeyOf(key: string, keys: GatewayKeys): string | null {
  if (!key.startsWith(keys.prefix)) return key
  return /^(?:A|R\d+)_(.+)$/s.exec(key.slice(keys.prefix.length))?.[1] ?? null
}
