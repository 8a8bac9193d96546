/** The mark of Istmo: two shores, and the land between them. */
export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M2 5c3.5-2 7 .2 8.2 3.600.7 2 2.600 2 4 3.400 1.700 1.700 1.200 4.600 3.300 6.400 1.300 1.100 3 1.200 4.500.6" />
      <circle cx="5" cy="5" r="3.2" />
      <circle cx="19" cy="18.5" r="3.2" />
      <circle className="between" cx="12.4" cy="10.8" r="1.9" />
    </svg>
  )
}
