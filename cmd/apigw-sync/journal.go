package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/saved/journal"
)

// record lets the writes of a comparison pass through a journal, which is also kept at path; "" is nowhere.
func record(path string, c *comparison) error {
	c.journal = journal.New(c.gateway.Caller, c.gateway.instanceID, time.Now)
	c.gateway.Caller = c.journal
	end := c.close
	c.close = func() error {
		err := c.journal.Err()
		if err != nil {
			err = fmt.Errorf("the journal is not complete: %w", err)
		}
		return errors.Join(end(), err)
	}
	if path == "" {
		return nil
	}
	file, err := journal.Open(path)
	if err != nil {
		return fmt.Errorf("--journal: %w", err)
	}
	c.journal.To(file)
	open := c.close
	c.close = func() error { return errors.Join(open(), file.Close()) }
	return nil
}
