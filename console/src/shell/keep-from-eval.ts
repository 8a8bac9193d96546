/** Where Zod keeps its settings. It is on the global object, so that it can be set before Zod is loaded. */
interface ZodPlace {
  __zod_globalConfig?: { jitless?: boolean }
}

/** Keeps Zod from trying whether it may make code out of text. The page's policy forbids that, and the browser would report each try. */
export function keepFromEval(): void {
  const place = globalThis as ZodPlace
  place.__zod_globalConfig = Object.assign(place.__zod_globalConfig ?? {}, { jitless: true })
}
