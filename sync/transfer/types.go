// Package transfer moves one file from one file system to another so that the
// result is whole or not there.
//
// It exists to keep promises 1 and 2 in one place, for every direction alike:
// here to site, site to here, site to site, here to here. The bytes go to a
// part file beside the target; the count is compared with what the source
// announced and with what the target then says; times are set; only then does
// the part take the final name. In pseudo-code:
//
//	stat source, stat target        -> exists rule decides, or asks; what listings
//	                                   have told is taken instead (Known)
//	is there a part of this source? -> offset, proven by re-reading an overlap
//	copy source[offset:] to part    -> counter, rate limit, cancel
//	close source, commit part       -> both verdicts needed
//	stat source                     -> KindChanged when it is another now
//	stat part, compare size         -> KindSize when it differs; once more where
//	                                   line ends were changed
//	hash source, hash part          -> KindHash when they differ, as Job.Verify says
//	set mode and time, look at the
//	target, rename over it          -> done; ReplaceWay where the server refuses
//
// Where the file systems can do several of these in one exchange they are let
// (vfs.Swift, vfs.Finisher), which changes nothing of what is looked at.
//
// What an error leaves behind: the old target as it was, and a part only where
// a later run can go on with it. The exceptions are the rule Resume, where a
// person has said that the target itself is such a part, and ReplaceDirect and
// ReplaceDelete, where one has said that a server which does not replace may be
// served otherwise.
//
// It knows no queue, no retry and no site: those are above.
package transfer

import (
	"context"
	"sync/atomic"
	"time"

	"wherry/sync/vfs"
)

// Suffix is appended to a file's name while it is not whole, on both sides.
const Suffix = ".wherry-part"

// WaitMost is the most bytes that one call of Job.Wait is asked for.
const WaitMost = 64 << 10

// Overlap is how many bytes before the offset are read again from both sides
// before a part is continued.
const Overlap = 64 << 10

// Rule says what to do when the target's name is taken.
type Rule string

// The rules, by the words of `--exists`.
const (
	Ask       Rule = "ask"       // put the question; without anyone to answer, wait
	Overwrite Rule = "overwrite" // replace it
	Newer     Rule = "newer"     // replace it when the source is newer, else skip
	Different Rule = "different" // replace it when the sizes differ, else skip; times count where a size is not told
	Resume    Rule = "resume"    // go on where a shorter target or a part ends, when the overlap agrees; skip another target
	Rename    Rule = "rename"    // keep both: "name (2).txt"
	Skip      Rule = "skip"      // leave it
)

// Verify says when the content is compared by a hash as well, computed by each
// side for itself.
type Verify string

// The ways to verify, by the words of `--verify`.
const (
	VerifyOff     Verify = "off"     // sizes only
	VerifyOffered Verify = "offered" // where both sides know a common one, and one side is not here; the default
	VerifyAlways  Verify = "always"  // or the transfer fails: KindUnsupported where none is common
)

// File is one side of a transfer.
type File struct {
	FS   vfs.FS
	Path vfs.Path
}

// Identity is what a part was made from. A part is continued only while the
// source still has the same identity.
//
// One without a time is no word on what a part is made from. OnStart gets such a
// one as long as another source's part may stand there, and is called again with
// the time once the part was begun anew.
type Identity struct {
	Size    int64
	ModTime time.Time
}

// Question is put when the rule is Ask and the target exists, or with NoReplace
// when the rule has let it pass and the server will not have it.
type Question struct {
	Source, Target         vfs.Path
	SourceEntry, TargetNow vfs.Entry
	// NoReplace: the server refuses to rename onto an existing file, and
	// Job.Replace is ReplaceAsk. The Answer's Replace says how; its Rule does not
	// count.
	NoReplace bool
}

// Answer to a Question. The Rule is never Ask; the zero Answer means Skip, to
// both kinds of Question.
type Answer struct {
	Rule Rule
	// ForAll extends it to the rest of the job; the queue remembers that.
	ForAll bool
	// Replace answers a NoReplace question: ReplaceDirect or ReplaceDelete;
	// ReplaceAsk skips this file, or with ForAll all of the site; ReplaceNever fails it.
	Replace ReplaceWay
}

// Job is one transfer to be done.
type Job struct {
	Source, Target File
	Exists         Rule
	// Made is the identity of the source that an existing part was made
	// from; nil means unknown, and a part found is begun anew but under
	// Resume.
	Made *Identity
	// Chosen is what an earlier run of this job told OnStart under the rule
	// Rename; its part stands beside it. The root for none.
	Chosen vfs.Path
	// OnStart is called once the source is known and the rule has let it
	// pass, before the first byte moves, so that a journal can keep what a
	// part is made from and which name it will take. Under Rename it is
	// called again when that name was snatched away, and in any case where
	// the file is sent once more (Run). Its error ends the run. Nil is allowed.
	OnStart func(from Identity, target vfs.Path) error
	// Ask answers the rule Ask; nil means that nobody is there, and Run then
	// ends with Outcome Asking.
	Ask func(context.Context, Question) (Answer, error)
	// Counter takes the progress; nil is allowed.
	Counter *Counter
	// Wait is called before n bytes move, for speed limits; n is never above
	// WaitMost. Nil is allowed, and faster.
	Wait func(ctx context.Context, n int) error
	// Limited says whether Wait is to be called for what moves next, so that a
	// limit can come while the file moves, and none is as fast as no Wait; nil
	// means always.
	Limited func() bool
	// KeepTime sets the source's time on the target where both sides can: the
	// source tells it to the minute, the target takes it. That it could not
	// be set fails nothing; Result.TimeKept tells.
	KeepTime bool
	// KeepMode sets the source's permission bits on the target where the source
	// tells them and the target takes them; without it a file that is replaced
	// hands on its own, but to the people of another group no more than to all.
	// That they could not be set fails nothing. Until the end of a transfer that
	// sets any, the part is its owner's alone (vfs.PartMaker).
	KeepMode bool
	// Known spares looks at both sides; nil: look.
	Known *Known
	// Replace says how, where the server refuses to rename onto an existing file.
	Replace ReplaceWay
	// Verify is VerifyOffered where it is "".
	Verify Verify
	// Segments is over how many connections one large source is read at a time
	// where it is a vfs.Sparer and the target a vfs.Scratcher: 0 and 1 for one.
	// Fewer where each would carry less than SegmentLeast bytes, and where fewer
	// are to be had. Up to (Segments-1)/Segments of the file's room is needed
	// beside the file for a while, or it is done without. Wait and Limited are
	// then called from several goroutines.
	Segments int
	// SegmentLeast is the package's where it is 0.
	SegmentLeast int64
	// Spellings are those of the target's file system, shared by its jobs; nil
	// is allowed, and slower where names fold.
	Spellings *Spellings
}

// Counter is read by others while a transfer runs. All fields are in bytes of
// the whole file, the resumed part included. Done never goes back within a
// run, but to zero where the file is sent once more: for its line ends, for a
// Known that was untrue, to write the target itself (ReplaceDirect), or to do
// without Segments. With Segments Done counts what has come, which is more than
// stands in the part until the run has failed; Part counts what stands there, which
// is what a run after a kill can find.
type Counter struct {
	Total atomic.Int64 // vfs.SizeUnknown until told
	Done  atomic.Int64
	Part  atomic.Int64
}

// Outcome of a Run without an error.
type Outcome string

// The outcomes.
const (
	Done    Outcome = "done"
	Skipped Outcome = "skipped"
	Asking  Outcome = "asking" // a question is open and nobody answered
)

// Same is Result.Reason where both sides are alike, as size or time tell.
const Same = "same"

// Result of a Run without an error.
type Result struct {
	Outcome Outcome
	// Target is the final path; it differs from the job's under Rename.
	Target vfs.Path
	// Bytes moved in this run, without what was resumed.
	Bytes int64
	// Size of the whole file.
	Size int64
	// Verified is "hash" where both sides have the same, "size" where the
	// number of bytes was compared, or "none" where neither side could tell.
	Verified string
	// TimeKept tells that the target has the source's time.
	TimeKept bool
	// ModeRefused tells that Job.KeepMode could not be done: the target does not
	// take permissions.
	ModeRefused bool
	// Reason of a skip: the Rule that made it so ("skip"; "newer" where the
	// target is; "resume" where it cannot be done), "undated" where a time is not
	// told that Newer compares, Same, "different" where Resume found another content,
	// or "long" where it found one as long and of another time.
	Reason string
	// Question that is open, for Asking.
	Question Question
}
