int unused_hostile;
