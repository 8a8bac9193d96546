/**
 * The specs that a supergraph may link `for: SECURITY` or `for: EXECUTION`: those that Apollo's engine or our own rooms support.
 * With any other spec the gateway does not load the supergraph: it fails closed (docs/design/federation.md, The wall around
 * Apollo's engine).
 */
export const SUPPORTED_FEATURES = new Set(
  [
    ['core', ['0.1', '0.2']],
    ['join', ['0.1', '0.2', '0.3', '0.4', '0.5']],
    ['tag', ['0.1', '0.2', '0.3']],
    ['inaccessible', ['0.1', '0.2']],
    ['authenticated', ['0.1']],
    ['requiresScopes', ['0.1']],
    ['policy', ['0.1']],
    ['context', ['0.1']],
    ['cost', ['0.1']],
  ].flatMap(([name, versions]) =>
    (versions as string[]).map((version) => `https://specs.apollo.dev/${name}/v${version}`),
  ),
)
