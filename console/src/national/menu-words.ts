/** The names of the national team's rooms, which the menu needs before any of them is loaded. */
export const NATIONAL_MENU = {
  es: {
    node: 'Mi nodo',
    reports: 'Resultados de revisiones',
    rules: 'Mis reglas',
    suspend: 'Suspender',
  },
  en: { node: 'My node', reports: 'Results of checks', rules: 'My rules', suspend: 'Suspend' },
} as const
