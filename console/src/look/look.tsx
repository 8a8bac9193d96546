import {
  ActionIcon,
  Button,
  createTheme,
  defaultVariantColorsResolver,
  Input,
  MantineProvider,
  Modal,
  Table,
  TextInput,
  type VariantColorsResolver,
} from '@mantine/core'
import type { ReactNode } from 'react'

/** Buttons have the colors of our tokens (styles/tokens.css), in which a light accent of the dark look has dark letters. */
const chooseColors: VariantColorsResolver = (input) => {
  if (input.variant === 'filled') {
    return { background: 'var(--accent)', hover: 'var(--accent-hover)', color: 'var(--on-accent)', border: 'none' }
  }
  return defaultVariantColorsResolver(input)
}

const theme = createTheme({
  variantColorResolver: chooseColors,
  fontFamily: 'inherit',
  components: {
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle' } }),
    Button: Button.extend({ defaultProps: { variant: 'default' } }),
    // What is wrong stands above help, which stays: whoever wrote a wrong value needs it most.
    InputWrapper: Input.Wrapper.extend({
      defaultProps: { inputWrapperOrder: ['label', 'input', 'error', 'description'], errorProps: { role: 'alert' } },
    }),
    // What the library would do with a style element, the page's policy refuses.
    Modal: Modal.extend({
      defaultProps: { lockScroll: false, withCloseButton: false, transitionProps: { duration: 0 } },
    }),
    // Each field of our forms that must be there is said to be missing when somebody asks.
    TextInput: TextInput.extend({ defaultProps: { withAsterisk: false } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 5, horizontalSpacing: 'xs', highlightOnHover: true } }),
  },
})

/**
 * Gives what is drawn inside the look of the component library (decision 0162): light or dark as the browser says. The variables of the library are in our style
 * sheet, because the page's policy allows no style element.
 */
export function Look({ children }: { readonly children: ReactNode }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      {children}
    </MantineProvider>
  )
}
