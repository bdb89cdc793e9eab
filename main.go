// Wherry is an FTP client: a window with two panes and a command line over
// one engine. This file only wires them together.
package main

func main() {}
