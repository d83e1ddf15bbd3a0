# METADATA
# title: Text
# description: How much somebody has written.
package lib.text

# METADATA
# description: The number of a text's characters that are not blanks.
# scope: document
characters(written) := count(strings.replace_n({" ": "", "\t": "", "\n": "", "\r": ""}, trim_space(written)))
