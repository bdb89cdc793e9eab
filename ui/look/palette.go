package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Our colours, beside Fyne's names.
const (
	ColorList      fyne.ThemeColorName = "wherry-list"            // ground of a list
	ColorHeader    fyne.ThemeColorName = "wherry-header"          // ground of a list's titles
	ColorZebra     fyne.ThemeColorName = "wherry-zebra"           // over every second row
	ColorRowHover  fyne.ThemeColorName = "wherry-row-hover"       // over the row under the mouse
	ColorSelected  fyne.ThemeColorName = "wherry-selected"        // selected rows where the keys go
	ColorSelectedB fyne.ThemeColorName = "wherry-selected-behind" // selected rows elsewhere
	ColorCursor    fyne.ThemeColorName = "wherry-cursor"          // ring of the row the keys move
	ColorDrop      fyne.ThemeColorName = "wherry-drop"            // ground of a drop target
	ColorDropEdge  fyne.ThemeColorName = "wherry-drop-edge"       // its edge
	ColorSecondary fyne.ThemeColorName = theme.ColorNamePlaceHolder
	ColorAccent    fyne.ThemeColorName = theme.ColorNamePrimary
	ColorOK        fyne.ThemeColorName = theme.ColorNameSuccess
	ColorWarn      fyne.ThemeColorName = theme.ColorNameWarning
	ColorTrouble   fyne.ThemeColorName = theme.ColorNameError
	ColorFolder    fyne.ThemeColorName = "wherry-folder"
	ColorWall      fyne.ThemeColorName = "wherry-wall"  // a firewall's bricks in a picture
	ColorTrack     fyne.ThemeColorName = "wherry-track" // the empty part of a progress bar
	ColorBar       fyne.ThemeColorName = "wherry-bar"   // its filled part

	// The four of the transcript.
	ColorLogStatus   fyne.ThemeColorName = "wherry-log-status"
	ColorLogSent     fyne.ThemeColorName = "wherry-log-sent"
	ColorLogReceived fyne.ThemeColorName = "wherry-log-received"
	ColorLogTrouble  fyne.ThemeColorName = "wherry-log-trouble"
)

type pair struct{ dark, light color.NRGBA }

// palette holds every colour that is ours. Text on its ground keeps a
// contrast of at least 4.5 to 1 (WCAG 2.1, 1.4.3); look_test.go computes it.
var palette = map[fyne.ThemeColorName]pair{
	theme.ColorNameBackground:          {rgb(0x24262a), rgb(0xf1f2f4)},
	theme.ColorNameForeground:          {rgb(0xe2e4e8), rgb(0x1d2126)},
	theme.ColorNamePlaceHolder:         {rgb(0x99a0aa), rgb(0x5f6772)},
	theme.ColorNameDisabled:            {rgb(0x757c87), rgb(0x8b929c)},
	theme.ColorNamePrimary:             {rgb(0x5b97f7), rgb(0x1f67d2)},
	theme.ColorNameHyperlink:           {rgb(0x78aaf9), rgb(0x1f67d2)},
	theme.ColorNameForegroundOnPrimary: {rgb(0x0d1524), rgb(0xffffff)},
	theme.ColorNameFocus:               {rgba(0xffffff38), rgba(0x0000002a)},
	theme.ColorNameSelection:           {rgba(0x5b97f759), rgba(0x1f67d240)},
	theme.ColorNameHover:               {rgba(0xffffff16), rgba(0x00000010)},
	theme.ColorNamePressed:             {rgba(0xffffff28), rgba(0x00000024)},
	theme.ColorNameButton:              {rgb(0x363a40), rgb(0xe2e5e9)},
	theme.ColorNameDisabledButton:      {rgb(0x2c2f34), rgb(0xe9ebee)},
	theme.ColorNameInputBackground:     {rgb(0x191b1e), rgb(0xffffff)},
	theme.ColorNameInputBorder:         {rgb(0x535961), rgb(0xb5bcc5)},
	theme.ColorNameMenuBackground:      {rgb(0x2d3035), rgb(0xffffff)},
	theme.ColorNameOverlayBackground:   {rgb(0x2a2d32), rgb(0xf8f9fa)},
	theme.ColorNameHeaderBackground:    {rgb(0x292c30), rgb(0xe8eaed)},
	theme.ColorNameSeparator:           {rgb(0x383c42), rgb(0xd5d9de)},
	theme.ColorNameScrollBar:           {rgba(0xffffff48), rgba(0x00000048)},
	theme.ColorNameShadow:              {rgba(0x00000070), rgba(0x00000030)},
	theme.ColorNameSuccess:             {rgb(0x55b97d), rgb(0x1b7a43)},
	theme.ColorNameWarning:             {rgb(0xdba54a), rgb(0x8f5f00)},
	theme.ColorNameError:               {rgb(0xee7468), rgb(0xb9291c)},

	ColorList:      {rgb(0x1c1e21), rgb(0xffffff)},
	ColorHeader:    {rgb(0x27292d), rgb(0xeceef1)},
	ColorZebra:     {rgba(0xffffff07), rgba(0x00000007)},
	ColorRowHover:  {rgba(0xffffff12), rgba(0x1f67d214)},
	ColorSelected:  {rgb(0x2d4a7c), rgb(0xc5dafb)},
	ColorSelectedB: {rgb(0x343a44), rgb(0xdfe3e9)},
	ColorCursor:    {rgb(0x6f8fc4), rgb(0x6d95d6)},
	ColorDrop:      {rgba(0x5b97f738), rgba(0x1f67d226)},
	ColorDropEdge:  {rgb(0x5b97f7), rgb(0x1f67d2)},
	ColorFolder:    {rgb(0x6ca1f5), rgb(0x3d7fe0)},
	ColorWall:      {rgb(0x565c66), rgb(0xb4bac3)},
	ColorTrack:     {rgb(0x383c43), rgb(0xdde1e6)},
	ColorBar:       {rgb(0x4a80d6), rgb(0x8db8f5)},

	ColorLogStatus:   {rgb(0x99a0aa), rgb(0x5f6772)},
	ColorLogSent:     {rgb(0x78aaf9), rgb(0x1c5cbc)},
	ColorLogReceived: {rgb(0x6fc493), rgb(0x1b7040)},
	ColorLogTrouble:  {rgb(0xee7468), rgb(0xb9291c)},
}

func rgb(v uint32) color.NRGBA { return rgba(v<<8 | 0xff) }

func rgba(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 24), G: uint8(v >> 16), B: uint8(v >> 8), A: uint8(v)}
}
