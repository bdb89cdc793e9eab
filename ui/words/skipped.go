package words

import "wherry/sync/transfer"

// skips puts into words why the rule for a target that exists skipped a file,
// see transfer.Result.Reason.
var skips = map[string]string{
	string(transfer.Skip):      "the target is there already, and stays as it is",
	string(transfer.Newer):     "the target is newer",
	"undated":                  "a time is not known, so nobody can tell which one is newer",
	transfer.Same:              "the target is the same already, as size or time tell",
	string(transfer.Different): "the target has other contents, so it cannot be resumed, and stays as it is",
	"long":                     "the target is as long already and of another time, so there is nothing to resume; what is in it was not compared",
	string(transfer.Resume):    "the target cannot be resumed: it is no file, a size is not known, or one side cannot begin in the middle of a file",
}

// Skipped says why a row was skipped, without the end of a sentence; reason is
// what the queue keeps of it. byRule tells that the rule for a target that exists
// did it, rather than what the source is.
func Skipped(reason string) (why string, byRule bool) {
	if why, byRule = skips[reason]; byRule {
		return why, true
	}
	return Safe(reason), false
}
