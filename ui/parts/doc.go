// Package parts holds the widgets that Fyne lacks for a program like this,
// without any knowledge of files, sites or transfers.
//
// It exists because Fyne's own List and Table select one row, refresh
// everything when they scroll, and cannot be drag sources; and because one
// list, one placard and one question serve all features, so that they look and
// answer alike. The largest part is List; everything else is small.
//
// All methods must be called on the window's thread unless they say otherwise.
package parts
