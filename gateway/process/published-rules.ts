import type { Participant } from '../types/participant.ts'

/**
 * Describes what the gateway has of each country, for whoever compares it with the country's own file (`istmo policy diff`).
 * @returns by code: the rules by which the gateway decides, as JSON.
 */
export function describePublished(participants: readonly Participant[]): ReadonlyMap<string, unknown> {
  return new Map(
    participants.map(({ country, domains, access, rowsPerDay, unavailable }) => [
      country,
      {
        country,
        domains: Object.fromEntries(Object.entries(domains).map(([domain, { sdl }]) => [domain, { sdl: sdl ?? null }])),
        taskForces: access.taskForces,
        policies: access.policies.text,
        rowsPerDay: rowsPerDay ?? null,
        unavailable: unavailable ?? null,
      },
    ]),
  )
}
