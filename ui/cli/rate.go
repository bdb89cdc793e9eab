package cli

import (
	"strconv"

	"wherry/ui/words"
)

// rate is a speed as words.ParseRate reads it. Nothing at all is no limit: it
// takes a saved one back.
type rate struct {
	bytes int64 // a second; 0 for no limit
	given bool
}

func (r *rate) Type() string { return "RATE" }

func (r *rate) String() string {
	if r.bytes == 0 {
		return ""
	}
	return strconv.FormatInt(r.bytes, 10)
}

func (r *rate) Set(text string) error {
	if text == "" {
		*r = rate{given: true}
		return nil
	}
	n, err := words.ParseRate(text)
	if err == nil {
		*r = rate{bytes: n, given: true}
	}
	return err
}
