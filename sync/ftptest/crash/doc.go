// Package crash kills the real program with SIGKILL at random instants, over
// and over, while it works on its queue with a real server, and looks after
// each kill at what stands on both sides.
//
// It exists beside the rooms it tests because it needs the program as people
// start it, built from the top of the tree. It holds tests alone.
package crash
