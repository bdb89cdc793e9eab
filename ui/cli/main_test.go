package cli

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails the package where a command left a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
