// Package netns tests what stands above the data connections, the file system,
// the doctor and the command line, behind real firewalls: between real servers
// and a real kernel that drops, rejects and translates.
//
// It exists beside package ftpfs because these tests need root, take seconds
// of waiting by their nature, and run each client in a process of its own.
// It holds tests alone.
package netns
