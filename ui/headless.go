//go:build headless

// Package ui is the window; this build has none.
package ui

import "wherry/ui/cli"

// Window returns nil: the command line then says that there is no window.
func Window() cli.Window { return nil }
