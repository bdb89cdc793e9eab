//go:build darwin || windows

package vault

// NoBus has nothing to say: the keychain is part of the system.
func NoBus() string { return "" }
