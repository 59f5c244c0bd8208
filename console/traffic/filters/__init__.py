"""The language in which traffic is filtered: `route:small status:error latency>2s -"refund"`."""
